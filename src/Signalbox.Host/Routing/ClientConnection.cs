using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Signalbox.Api;
using Yarp.ReverseProxy.Forwarder;

namespace Signalbox.Host.Routing;

/// <summary>
/// One client connection. It is its own transformer, so that nothing need be looked up on the way: requests
/// pass as they came, with X-Forwarded-* added.
/// </summary>
internal sealed class ClientConnection : HttpTransformer
{
    private const string ForwardedFor = "X-Forwarded-For", ForwardedProto = "X-Forwarded-Proto", ForwardedHost = "X-Forwarded-Host";
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private readonly bool _peerIsThisMachine;

    public ClientConnection(Door door, IPAddress? peer, TimeProvider time)
    {
        Door = door;
        Request = new RequestInFlight(time);
        peer = peer is { IsIPv4MappedToIPv6: true } ? peer.MapToIPv4() : peer;
        _peerIsThisMachine = peer is not null && IPAddress.IsLoopback(peer);
        Peer = peer?.ToString() ?? "";
    }

    /// <summary>The address it came in by.</summary>
    public Door Door { get; }

    /// <summary>Of the service that has the address now: ask once a request.</summary>
    public Slot Slot => Door.Slot;

    public RequestInFlight Request { get; }

    /// <summary>The peer's IP address.</summary>
    public string Peer { get; }

    /// <summary>Index in the <see cref="ConnectionRegister"/>; -1 outside of it.</summary>
    public int Place { get; set; } = -1;

    /// <summary>It is closed.</summary>
    public void Leave() => Door.Remove(this);

    public void CountIfOver(long now, long limit) => Request.CountIfOver(now, limit);

    /// <summary>The client's address: what a proxy on this machine says it is, else the peer's.</summary>
    public string ClientAddress(HttpContext http)
    {
        if (!_peerIsThisMachine) return Peer;
        var said = http.Request.Headers[ForwardedFor].ToString();
        return said.Length == 0 ? Peer : said[(said.LastIndexOf(',') + 1)..].Trim();
    }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        // copied with the headers, it makes an empty content
        if (proxyRequest.Content is null && !MayBeSentAgain(httpContext.Request.Method)) httpContext.Request.ContentLength = 0;
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        DropSession(httpContext.Request.Headers.Cookie, proxyRequest);
        AddForwarded(httpContext, proxyRequest);
        KeepTarget(httpContext, proxyRequest, destinationPrefix);
    }

    /// <summary>
    /// SocketsHttpHandler sends a request without content again where its connection ends before an answer, though it may
    /// have been executed. Only safe methods (RFC 9110, 9.2.1) may be; all others get an empty content, which is sent once.
    /// </summary>
    private static bool MayBeSentAgain(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    /// <summary>The control plane's own session is none of a workload's business: who has it may do all that an admin may.</summary>
    private static void DropSession(StringValues cookies, HttpRequestMessage request)
    {
        if (!cookies.Any(cookie => cookie!.Contains(SessionCookie.Name, StringComparison.Ordinal))) return;
        request.Headers.Remove("Cookie");
        var kept = cookies.Select(cookie => SessionCookie.Without(cookie!)).Where(cookie => cookie.Length > 0).ToArray();
        // HTTP/1.1 has one Cookie header (RFC 9113, 8.2.3)
        if (kept.Length > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", kept));
    }

    /// <summary>
    /// Only a proxy on this machine (one that ends TLS, say) is believed about what was before it; from anyone
    /// else these headers are replaced, as they could be forged.
    /// </summary>
    private void AddForwarded(HttpContext http, HttpRequestMessage request)
    {
        var headers = http.Request.Headers;
        var before = headers[ForwardedFor];
        Set(request, ForwardedFor, _peerIsThisMachine && before.Count > 0 ? $"{before}, {Peer}" : Peer, before.Count > 0);
        Overwrite(request, headers, ForwardedProto, "http");
        Overwrite(request, headers, ForwardedHost, headers.Host.ToString());
    }

    private void Overwrite(HttpRequestMessage request, IHeaderDictionary headers, string name, string value)
    {
        var present = headers.ContainsKey(name);
        if (present && _peerIsThisMachine) return;
        Set(request, name, value, present);
    }

    private static void Set(HttpRequestMessage request, string name, string value, bool present)
    {
        if (present) request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>
    /// Sends the path as the client wrote it (<c>%2F</c> stays <c>%2F</c>), where it is an origin-form target of
    /// printable ASCII. Anything else is left to the forwarder, which encodes it anew.
    /// </summary>
    private static void KeepTarget(HttpContext http, HttpRequestMessage request, string prefix)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (target is not ['/', ..] || target.AsSpan().ContainsAnyExceptInRange('!', '~')) return;
        request.RequestUri = new Uri(prefix + target, in AsWritten);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        // what stays open by design (WebSockets, event streams) is judged by how it began
        if (proxyResponse is not null && StaysOpen(proxyResponse)) Request.Finish(bad: false);
        var passes = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        // no workload signs an operator out of the control plane, or into a session of its own
        var set = httpContext.Response.Headers.SetCookie;
        if (set.Count > 0 && set.Any(cookie => SessionCookie.IsSetBy(cookie!))) httpContext.Response.Headers.SetCookie = set.Where(cookie => !SessionCookie.IsSetBy(cookie!)).ToArray();
        return passes;
    }

    private static bool StaysOpen(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols) return true;
        if (response.StatusCode != HttpStatusCode.OK) return false;
        return response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type)
            && type.ToString().StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
    }
}
