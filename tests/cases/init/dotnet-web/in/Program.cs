var app = WebApplication.CreateBuilder(args).Build();
app.MapHealthChecks("/health");
app.MapGet("/", () => "hello");
app.Run("http://localhost:5005");
