"""本人的考核页面 below /my/appraisal/: rate others, see one's own results, sign for them, appeal."""
