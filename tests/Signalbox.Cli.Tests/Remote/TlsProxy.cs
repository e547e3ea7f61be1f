using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Signalbox.Cli.Tests.Remote;

/// <summary>What stands before a control plane elsewhere: TLS by an authority of its own, on <c>localhost</c>, and everything handed on, byte by byte.</summary>
internal sealed class TlsProxy : IAsyncDisposable
{
    private readonly HttpClient _to = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private readonly WebApplication _app;

    /// <param name="upstream">The control plane's own address.</param>
    /// <param name="files">Where the authority's certificate is written.</param>
    public TlsProxy(string upstream, TemporaryDirectory files, string prefix = "")
    {
        Upstream = upstream.TrimEnd('/');
        Prefix = prefix;
        var certificate = Certificate(files, out var authority);
        Authority = authority;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate).Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public string Upstream { get; set; }

    private string Prefix { get; }

    /// <summary>PEM file of the authority.</summary>
    public string Authority { get; }

    public string Address { get; private set; } = "";

    /// <summary>Answers in the control plane's place where it says true.</summary>
    public Func<HttpContext, bool> Instead { get; set; } = _ => false;

    /// <summary>Paths that were asked for, with what was sent as a token.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<(string Path, string? Token)> Seen { get; } = new();

    public static async Task<TlsProxy> StartAsync(string upstream, TemporaryDirectory files, string prefix = "")
    {
        var proxy = new TlsProxy(upstream, files, prefix);
        await proxy._app.StartAsync();
        proxy.Address = proxy._app.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + prefix;
        return proxy;
    }

    private async Task HandleAsync(HttpContext http)
    {
        Seen.Enqueue((http.Request.Path.Value ?? "", http.Request.Headers.Authorization));
        if (Instead(http)) return;
        using var request = new HttpRequestMessage(new(http.Request.Method), Upstream + http.Request.Path.Value![Prefix.Length..] + http.Request.QueryString);
        if (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0) request.Content = new StreamContent(http.Request.Body);
        foreach (var (name, values) in http.Request.Headers.Where(header => !header.Key.StartsWith(':') && header.Key is not ("Host" or "Connection" or "Transfer-Encoding")))
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray())) request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        using var answer = await _to.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Connection")))
            http.Response.Headers[name] = values.ToArray();
        if (!HttpMethods.IsHead(http.Request.Method)) await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private static X509Certificate2 Certificate(TemporaryDirectory files, out string path)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=Signalbox Test Authority", rootKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var authority = root.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        path = files.Write("authority.pem", authority.ExportCertificatePem() + "\n");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        leaf.CertificateExtensions.Add(names.Build());
        leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], false));
        using var signed = leaf.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), Guid.NewGuid().ToByteArray());
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _to.Dispose();
    }
}
