"""What every app prints with: Word from templates that the office can edit, and workbooks."""
