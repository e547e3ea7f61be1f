from flask import Flask
app = Flask(__name__)

@app.route("/")
def home():
    return "hello"

@app.get("/healthz")
def healthz():
    return "ok"
