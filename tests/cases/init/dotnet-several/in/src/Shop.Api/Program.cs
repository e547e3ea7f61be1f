app.MapGet("/orders", () => 1);
