"""个人页面的地址."""

from django.urls import path

from . import home, login

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("login/", login.log_in, name="login"),
    path("password/", login.password, name="password"),
]
