using System.Net;
using Microsoft.AspNetCore.Http;
using Signalbox.Server.Access;

namespace Signalbox.Server.Http;

/// <summary>
/// Stands before every route: Host (DNS rebinding), then who calls, then Origin. Only <c>/healthz</c>, the page's
/// files and the program, which are the same for everyone, and what takes something else instead (<c>/login</c> a code, the exchange a CI job's
/// token) pass without a token.
/// </summary>
internal sealed class AccessGate(TokenRegistry tokens, Sessions sessions, FailedAttempts failures, IReadOnlyList<string> allowedHosts)
{
    public const string ExchangePath = "/api/v1/tokens/exchange", ProgramPath = "/download/signalbox";

    // through a pipe: everyone on the machine may read a process's arguments, and printf is the shell's own
    private const string Curl = "printf 'Authorization: Bearer %s' \"$(cat STATE/token)\" | curl -H @-";
    public const string LoginHelp = Curl + " -X POST ADDRESS/api/v1/login-links";

    public void Pass(HttpContext http)
    {
        CheckHost(http.Request);
        if (http.Request.Path.Value is "/healthz") return;
        var caller = IsOpen(http.Request.Path.Value ?? "") ? null : Authenticate(http);
        CheckOrigin(http.Request, caller);
        http.Items[typeof(Caller)] = caller;
    }

    public static string CookieOf(HttpContext http) => Api.SessionCookie.At(http.Connection.LocalPort);

    /// <summary>Whether what a caller came with still is in force: an answer may go on for longer than that.</summary>
    public bool StillAdmits(Caller caller) =>
        tokens.ById(caller.TokenId) is not null && (caller.Session is null || sessions.Find(caller.Session)?.TokenId == caller.TokenId);

    /// <summary>Counts a wrong token or code, and says so.</summary>
    public ApiException Denied(HttpContext http, string id, string message, string help) =>
        failures.Exceeded(http.Connection.RemoteIpAddress)
            ? new(429, "too-many-failures", $"more than {FailedAttempts.PerMinute} wrong tokens in a minute; wait a minute", null)
            : new(401, id, message, help);

    private static bool IsOpen(string path) => path is "/" or "/login" or ExchangePath or ProgramPath || path.StartsWith(PageFiles.Folder, StringComparison.Ordinal);

    private void CheckHost(HttpRequest request)
    {
        var host = request.Host.Host.Trim('[', ']');
        if (host is "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address))) return;
        if (allowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase)) return;
        throw new ApiException(421, "host-not-allowed",
            $"this control plane does not answer for the host '{host}'", $"signalbox serve --allow-host {(host.Length > 0 ? host : "NAME")}");
    }

    private Caller Authenticate(HttpContext http)
    {
        if (http.Request.Headers.Authorization is [{ } header])
            return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && tokens.Find(header[7..].Trim()) is { } token
                ? new(token.Principal, token.Scopes, token.Bound, token.Id, Session: null)
                : throw Denied(http, "token-invalid", "the token is unknown, expired or revoked", "signalbox token create PRINCIPAL --scope read   # on the machine that runs the control plane");
        if (http.Request.Cookies[CookieOf(http)] is { } session)
            return sessions.Find(session) is { } found && tokens.ById(found.TokenId) is { } owner
                ? new(owner.Principal, owner.Scopes, owner.Bound, owner.Id, session)
                : throw Denied(http, "session-ended", "the session has ended", LoginHelp);
        throw new ApiException(401, "token-missing", "this route needs a token", Curl + " ...");
    }

    private static void CheckOrigin(HttpRequest request, Caller? caller)
    {
        var safe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        string? origin = request.Headers.Origin;
        if (origin is null && (safe || caller is not { ByCookie: true })) return;
        // a plain cross-site GET has no Origin, and SameSite=Strict leaves it without the cookie
        if (origin == $"{request.Scheme}://{request.Host.Value}") return;
        throw new ApiException(403, "origin-not-allowed",
            origin is null ? "a change made with a session needs an Origin header" : $"requests from {origin} are not taken", null);
    }
}
