using Microsoft.AspNetCore.Http;
using Signalbox.Api;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

/// <summary>The page's session: a token becomes a cookie that no script can read.</summary>
internal static class SessionEndpoints
{
    private const string Path = "/api/v1/session";

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("GET", Path, "getSession", Scope.Read, "Who the caller is and what it may do", request =>
            request.AnswerAsync(View(parts, request.Caller, null), json.SessionView))
        { Reach = Reach.Nobodys, Answer = json.SessionView };

        yield return new("POST", Path, "beginSession", Scope.Read, "Make a session of a token: sets the cookie that login links set, too", request =>
        {
            // a session that could make sessions could outlive its own end
            if (request.Caller.ByCookie) throw new ApiException(403, "token-needed", "a session is made with a token, not with a session");
            var begun = parts.Sessions.Begin(request.Caller.TokenId);
            SetCookie(request.Http, begun.Session);
            return request.AnswerAsync(View(parts, request.Caller, begun.ExpiresAt), json.SessionView, 201);
        })
        { Reach = Reach.Nobodys, Status = 201, Answer = json.SessionView };

        yield return new("DELETE", Path, "endSession", Scope.Read, "End the caller's session", request =>
        {
            if (request.Caller.Session is { } session) parts.Sessions.End(session);
            request.Http.Response.Cookies.Delete(AccessGate.CookieOf(request.Http));
            request.Http.Response.StatusCode = 204;
            return Task.CompletedTask;
        })
        { Reach = Reach.Nobodys, Status = 204 };
    }

    public static void SetCookie(HttpContext http, string session) => http.Response.Cookies.Append(AccessGate.CookieOf(http), session, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        Secure = http.Request.IsHttps,
        MaxAge = Sessions.SessionValidFor,
        IsEssential = true,
    });

    /// <param name="begun">When a session that has just begun ends.</param>
    private static SessionView View(ServerParts parts, Caller caller, DateTimeOffset? begun)
    {
        var token = parts.Tokens.ById(caller.TokenId)!.ExpiresAt;
        var session = begun ?? (caller.Session is { } own ? parts.Sessions.Find(own)?.ExpiresAt : null);
        return new(caller.Principal.Name, caller.Scopes.ToNames(), session < token ? session.Value : token);
    }
}
