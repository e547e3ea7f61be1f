using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Signalbox.Cli.Example;

/// <summary>
/// The bundled application that the demo and examples/shop take out: a small shop. <c>app.json</c> in its working
/// directory says its version and how it misbehaves; PORT says where it listens.
/// </summary>
internal static class ExampleApp
{
    public static async Task<int> RunAsync(string[] args)
    {
        var behaviour = ExampleBehaviour.Read(args.Length > 0 ? args[0] : "app.json");
        if (!ushort.TryParse(Environment.GetEnvironmentVariable("PORT"), out var port) || port == 0)
        {
            Console.Error.WriteLine($"error[port]: PORT is '{Environment.GetEnvironmentVariable("PORT")}'; expected a port\n   = help: PORT=8081 signalbox example-app");
            return ExitCode.Usage;
        }
        await using var app = Build(port);
        app.Run(context => new ExampleRequest(behaviour, context).AnswerAsync());
        Console.WriteLine($"example {behaviour.Version} listens on port {port}");
        await RunUntilSignalAsync(app).ConfigureAwait(false);
        Console.WriteLine($"example {behaviour.Version} has stopped");
        return ExitCode.Yes;
    }

    private static WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        return builder.Build();
    }

    /// <summary>SIGTERM: no new connections, requests in flight are finished.</summary>
    private static async Task RunUntilSignalAsync(WebApplication app)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Asked(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Asked);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Asked);
        await app.StartAsync().ConfigureAwait(false);
        await stop.Task.ConfigureAwait(false);
        await app.StopAsync().ConfigureAwait(false);
    }
}

/// <summary>One request to the example.</summary>
internal readonly struct ExampleRequest(ExampleBehaviour behaviour, HttpContext context)
{
    private static readonly TimeSpan Hanging = TimeSpan.FromMinutes(2);

    public async Task AnswerAsync()
    {
        context.Response.Headers["X-Version"] = behaviour.Version;
        if (context.Request.Path == "/healthz")
        {
            await WriteAsync("text/plain", "ok\n").ConfigureAwait(false);
            return;
        }
        if (await MisbehaveAsync().ConfigureAwait(false)) return;
        await ((context.Request.Method, context.Request.Path.Value) switch
        {
            ("GET", "/") => WriteAsync("text/html; charset=utf-8", $"<!doctype html><title>Shop</title><h1>Shop {behaviour.Version}</h1><p>Signals are green.</p>\n"),
            ("GET", "/api/items") => WriteAsync("application/json", """[{"id":1,"name":"lantern","price":1900},{"id":2,"name":"flag","price":700}]"""),
            ("POST", "/api/orders") => EchoAsync(),
            _ => NotFoundAsync(),
        }).ConfigureAwait(false);
    }

    /// <returns>Whether the request was answered (badly) by this.</returns>
    private async Task<bool> MisbehaveAsync()
    {
        if (Chance(behaviour.HangPercent)) await Task.Delay(Hanging, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (behaviour.LatencyMs > 0) await Task.Delay(behaviour.LatencyMs, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Chance(behaviour.FailPercent)) return false;
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        await WriteAsync("text/plain", $"{behaviour.Version} failed on purpose\n").ConfigureAwait(false);
        return true;
    }

    private static bool Chance(double percent) => percent > 0 && Random.Shared.NextDouble() * 100 < percent;

    private async Task EchoAsync()
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = context.Request.ContentType ?? "application/octet-stream";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted).ConfigureAwait(false);
    }

    private Task NotFoundAsync()
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return WriteAsync("text/plain", "no such page\n");
    }

    private Task WriteAsync(string type, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
