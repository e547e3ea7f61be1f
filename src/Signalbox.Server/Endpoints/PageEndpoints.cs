using System.Text;
using Microsoft.AspNetCore.Http;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class PageEndpoints
{
    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        yield return new("GET", "/", "getPage", Scope.Read, "Says where the API is", request =>
            HtmlAsync(request.Http, "<p>The API: <a href=\"/openapi.json\">/openapi.json</a>, <a href=\"/api/v1/status\">/api/v1/status</a>.</p>"))
        { AnswerMedia = "text/html" };

        yield return new("GET", "/login", "logIn", Scope.None, "Spends a login link's code and sets the session cookie", request => LogInAsync(parts, request))
        { Parameters = [new("code", "query", "string", "from a login link", Required: true)], Status = 303, AnswerMedia = "text/html" };
    }

    private static Task LogInAsync(ServerParts parts, ApiRequest request)
    {
        if (parts.Sessions.Redeem(request.Query("code") ?? "") is not { } session)
            throw parts.Gate.Denied(request.Http, "login-link-spent", "this login link is unknown, spent or older than 5 minutes", AccessGate.LoginHelp);
        request.Http.Response.Cookies.Append(AccessGate.Cookie, session.Session, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            Secure = request.Http.Request.IsHttps,
            MaxAge = Sessions.SessionValidFor,
            IsEssential = true,
        });
        request.Http.Response.StatusCode = 303;
        request.Http.Response.Headers.Location = "/";
        return Task.CompletedTask;
    }

    private static Task HtmlAsync(HttpContext http, string body)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.Body.WriteAsync(
            Encoding.UTF8.GetBytes($"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Signalbox</title><h1>Signalbox</h1>{body}</html>\n"),
            http.RequestAborted).AsTask();
    }
}
