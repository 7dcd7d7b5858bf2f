"""本人的页面 below /my/: each person sees and does what is theirs, and nothing else."""
