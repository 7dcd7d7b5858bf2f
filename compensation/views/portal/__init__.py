"""本人的工资条 below /my/pay/: what one was paid, and how it came about; nobody else's."""
