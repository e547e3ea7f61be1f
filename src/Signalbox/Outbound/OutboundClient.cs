using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Signalbox.Outbound;

/// <summary>
/// The one way out to other people's servers (registries, Sigstore services, key sets, webhooks): every name is resolved
/// once and what was looked at is what is connected to, answers are bounded in size and in time, credentials stay with
/// their origin, and no cookie is kept.
/// </summary>
/// <remarks>
/// Where the environment names a proxy (HTTPS_PROXY), that resolves and connects: then only addresses that are written as
/// numbers are judged here.
/// </remarks>
public sealed class OutboundClient : IDisposable
{
    private const int MostRedirects = 5;

    private readonly HttpClient _http;
    private readonly OutboundRules _rules;
    private readonly TimeProvider _time;
    private readonly OutwardProxy _proxy;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <param name="resolve">Addresses of a host name; null for the machine's resolver.</param>
    /// <param name="proxy">Null for the environment's.</param>
    public OutboundClient(OutboundRules rules, TimeProvider? time = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, IWebProxy? proxy = null)
    {
        (_rules, _time, _resolve, _proxy) = (rules, time ?? TimeProvider.System, resolve ?? Dns.GetHostAddressesAsync, new(proxy ?? HttpClient.DefaultProxy));
        _http = new(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ActivityHeadersPropagator = null,
            Proxy = _proxy,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whether a proxy stands before an address: then it resolves and connects, and what a name stands for is not known here.</summary>
    internal bool IsProxied(Uri address) => !_proxy.IsBypassed(address) && _proxy.GetProxy(address) is not null;

    /// <summary>Sends a request, follows what may be followed, and reads the answer to its end, whatever its status.</summary>
    /// <exception cref="OutboundException">There is no answer.</exception>
    public async Task<OutboundAnswer> SendAsync(OutboundRequest request, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(request.Within, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            return await FollowAsync(request, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new OutboundException(OutboundFailure.TooSlow, $"{Shown(request.Address)} did not answer within {request.Within.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw Forbidden(e) ?? new OutboundException(OutboundFailure.Unreachable, $"{Shown(request.Address)} could not be reached: {Innermost(e)}", e);
        }
    }

    private async Task<OutboundAnswer> FollowAsync(OutboundRequest request, CancellationToken cancel)
    {
        for (var hop = 0; ; hop++)
        {
            CheckAddress(request.Address);
            using var message = Message(request);
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (Next(request, response) is not { } next) return await ReadAsync(request, response, cancel).ConfigureAwait(false);
            if (hop == MostRedirects) throw new OutboundException(OutboundFailure.Forbidden, $"{Shown(request.Address)} was redirected to more than {MostRedirects} times");
            request = request with { Address = next, Authorization = IsSameOrigin(request.Address, next) ? request.Authorization : null };
        }
    }

    private static HttpRequestMessage Message(OutboundRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Address);
        if (request.Content is { } content)
        {
            message.Content = new ByteArrayContent(content);
            if (request.ContentType is { } type) message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        foreach (var accept in request.Accept) message.Headers.Accept.Add(new(accept));
        if (request.Authorization is { } authorization) message.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in request.Headers) message.Headers.TryAddWithoutValidation(name, value);
        message.Headers.TryAddWithoutValidation("User-Agent", "signalbox");
        return message;
    }

    private Uri? Next(OutboundRequest request, HttpResponseMessage response)
    {
        if (request.Redirects == RedirectRule.None || (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head) || (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)) return null;
        if (response.Headers.Location is not { } location) return null;
        if (!Uri.TryCreate(request.Address, location, out var next)) throw new OutboundException(OutboundFailure.Forbidden, $"{Shown(request.Address)} sends on to what is no address");
        if (IsSameOrigin(request.Address, next)) return next;
        if (request.Redirects == RedirectRule.SameOrigin) throw new OutboundException(OutboundFailure.Forbidden, $"{Shown(request.Address)} sends on to {Shown(next)}; expected an answer of its own");
        // from https there is no way back into the clear
        return next.Scheme == Uri.UriSchemeHttps || request.Address.Scheme == Uri.UriSchemeHttp
            ? next
            : throw new OutboundException(OutboundFailure.Forbidden, $"{Shown(request.Address)} sends on to {Shown(next)}; expected https");
    }

    private void CheckAddress(Uri address)
    {
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")) throw new OutboundException(OutboundFailure.Forbidden, $"{Shown(address)} is no address of http or https");
        if (address.UserInfo.Length > 0) throw new OutboundException(OutboundFailure.Forbidden, $"{address.Host} has credentials in its address");
        var named = _rules.Names(OutboundRules.AuthorityOf(address));
        if (address.IsLoopback && !named) throw new OutboundException(OutboundFailure.Forbidden, $"{Shown(address)} is on this machine; expected a public address, or one that was named");
        if (address.Scheme == Uri.UriSchemeHttp && !(named && (address.IsLoopback || _rules.PlainHttp)))
            throw new OutboundException(OutboundFailure.Forbidden, $"{Shown(address)} is not https; only a service on this machine may be spoken with in clear");
        if (_rules.DirectOnly && !named && IsProxied(address)) throw new OutboundException(OutboundFailure.Forbidden, $"a proxy stands before {address.Host}, so that its address is not known; expected one that was named");
        if (IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var literal)) CheckReach(literal, address.IdnHost, named);
    }

    /// <summary>All that a name stands for must be allowed: one address among others would be enough to be led astray.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await _resolve(host, cancel).ConfigureAwait(false);
        var named = _rules.Names(OutboundRules.AuthorityOf(host, port)) || _proxy.Is(context.InitialRequestMessage, host, port);
        foreach (var address in addresses) CheckReach(address, host, named);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void CheckReach(IPAddress address, string host, bool named)
    {
        var reach = AddressReaches.Of(address);
        if (reach == AddressReach.Public || (named && reach != AddressReach.Forbidden)) return;
        throw new OutboundException(OutboundFailure.Forbidden, $"{host} is at {address}, which is {Word(reach)}; expected a public address{(reach == AddressReach.Forbidden ? "" : ", or one that was named")}");
    }

    private async Task<OutboundAnswer> ReadAsync(OutboundRequest request, HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentLength > request.MostBytes && !request.CutsAnswer) throw TooLarge(request);
        using var body = new MemoryStream();
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[16 << 10];
            for (int read; (read = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
            {
                var fits = (int)Math.Min(read, request.MostBytes - body.Length);
                body.Write(buffer, 0, fits);
                if (fits == read) continue;
                if (!request.CutsAnswer) throw TooLarge(request);
                break;
            }
        }
        return new((int)response.StatusCode, body.ToArray(), response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant(), request.Address, HeadersOf(response));
    }

    private static Dictionary<string, IReadOnlyList<string>> HeadersOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).GroupBy(header => header.Key.ToLowerInvariant(), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.SelectMany(header => header.Value)], StringComparer.Ordinal);

    private static OutboundException TooLarge(OutboundRequest request) =>
        new(OutboundFailure.TooLarge, $"{Shown(request.Address)} sent more than {request.MostBytes:N0} bytes");

    // a refusal while connecting comes wrapped
    private static OutboundException? Forbidden(Exception e) => e is OutboundException own ? own : e.InnerException is { } inner ? Forbidden(inner) : null;

    private static string Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e.Message.TrimEnd('.');

    private static bool IsSameOrigin(Uri left, Uri right) => left.Scheme == right.Scheme && OutboundRules.AuthorityOf(left) == OutboundRules.AuthorityOf(right);

    /// <summary>For messages: a query may hold a secret.</summary>
    private static string Shown(Uri address) => address.IsAbsoluteUri ? $"{address.Scheme}://{address.Authority}{address.AbsolutePath}" : "a relative address";

    private static string Word(AddressReach reach) => reach switch
    {
        AddressReach.Loopback => "on this machine",
        AddressReach.Private => "in a private network",
        _ => "link-local, a metadata service or reserved",
    };

    public void Dispose() => _http.Dispose();

    /// <summary>The environment's proxy, which never stands between this machine and itself.</summary>
    private sealed class OutwardProxy(IWebProxy environment) : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => environment.Credentials;
            set => throw new NotSupportedException();
        }

        public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : environment.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.IsLoopback || environment.IsBypassed(host);

        /// <summary>Whether a connection is one to the proxy, wherever that is: for a tunnel the message is the proxy's, for what goes in clear the destination's.</summary>
        public bool Is(HttpRequestMessage message, string host, int port) =>
            (message.Method == HttpMethod.Connect ? message.RequestUri : message.RequestUri is { } destination && !IsBypassed(destination) ? GetProxy(destination) : null) is { } proxy
            && OutboundRules.AuthorityOf(proxy) == OutboundRules.AuthorityOf(host, port);
    }
}
