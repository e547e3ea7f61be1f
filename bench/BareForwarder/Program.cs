// YARP's forwarder and nothing else, as its documentation shows it: what our proxy is measured against.
// usage: BareForwarder PORT BACKEND_PORT
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

var builder = WebApplication.CreateEmptyBuilder(new());
builder.WebHost.UseKestrelCore();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Listen(IPAddress.Loopback, int.Parse(args[0], CultureInfo.InvariantCulture));
});
builder.Services.AddHttpForwarder();
await using var app = builder.Build();

var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
var destination = $"http://127.0.0.1:{args[1]}";
var requests = new ForwarderRequestConfig { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
{
    UseProxy = false,
    UseCookies = false,
    AllowAutoRedirect = false,
    AutomaticDecompression = DecompressionMethods.None,
    ActivityHeadersPropagator = null,
    ConnectTimeout = TimeSpan.FromSeconds(15),
});
app.Run(async context => await forwarder.SendAsync(context, destination, invoker, requests, HttpTransformer.Default));
await app.RunAsync();
