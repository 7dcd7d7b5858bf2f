"""个人页面的地址."""

from django.urls import path

from . import appeals, apply, choices, duties, facts, home, letters, login

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("login/", login.log_in, name="login"),
    path("password/", login.password, name="password"),
    path("batches/", apply.batches, name="batches"),
    path("batches/<int:batch_id>/", apply.apply, name="apply"),
    path("sheets/<int:number>/", apply.sheet, name="sheet"),
    path("sheets/<int:number>/withdraw/", apply.withdraw, name="withdraw"),
    path("applications/<int:number>/object/", apply.object_to, name="object"),
    path("choices/", choices.choices, name="choices"),
    path("choices/<int:number>/", choices.say, name="say"),
    path("offers/", choices.offers, name="offers"),
    path("offers/<int:number>/answer/", choices.answer, name="answer"),
    path("letters/", letters.letters, name="letters"),
    path("letters/<int:number>/", letters.letter, name="letter"),
    path("duties/<int:number>/", duties.duty, name="duty"),
    path("duties/<int:number>/sign/", duties.sign, name="duty_sign"),
    path("letters/<int:number>/sign/", letters.sign, name="letter_sign"),
    path("facts/", facts.facts, name="facts"),
    path("facts/<int:number>/withdraw/", facts.take_back, name="fact_withdraw"),
    path("appeals/", appeals.appeals, name="appeals"),
    path("appeals/<int:number>/withdraw/", appeals.take_back, name="appeal_withdraw"),
]
