app.get('/healthz', ok);
app.listen(process.env.PORT || 3000);
