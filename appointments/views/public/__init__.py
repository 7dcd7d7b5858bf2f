"""公开页面 below /public/: 公告 and 公示, for everybody, without login."""
