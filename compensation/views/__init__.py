"""Pages of pay: permission, selector, render."""
