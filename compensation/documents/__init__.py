"""What leaves the system of pay: sheets, the bank file, slips."""
