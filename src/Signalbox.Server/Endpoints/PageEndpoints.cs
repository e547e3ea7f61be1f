using System.Text;
using Microsoft.AspNetCore.Http;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

/// <summary>The page: the same files for everyone, so they need no token; what they show does.</summary>
internal static class PageEndpoints
{
    private static readonly byte[] s_without = Encoding.UTF8.GetBytes("""
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Signalbox</title>
        <h1>Signalbox</h1>
        <p>This build has no page: Node was missing when it was made. On the command line, <code>signalbox status</code>
        shows what serves; the API is described at <a href="/openapi.json">/openapi.json</a>.</p></html>

        """);

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        yield return new("GET", "/", "getPage", Scope.None, "The page", request => WriteAsync(request.Http, PageFiles.Embedded.Find("/index.html") ?? new(s_without, [], "text/html; charset=utf-8")))
        { AnswerMedia = "text/html" };

        yield return new("GET", PageFiles.Folder + "{name}", "getPageFile", Scope.None, "A file of the page, named by its content", request =>
        {
            var file = ApiRequest.Found(PageFiles.Embedded.Find(PageFiles.Folder + request.Route("name")), "file", request.Route("name"));
            request.Http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return WriteAsync(request.Http, file);
        })
        { Parameters = [new("name", "path", "string", "the file's name", Required: true)], AnswerMedia = "application/octet-stream" };

        yield return new("GET", "/login", "logIn", Scope.None, "Spends a login link's code and sets the session cookie", request => LogInAsync(parts, request))
        { Parameters = [new("code", "query", "string", "from a login link", Required: true)], Status = 303, AnswerMedia = "text/html" };
    }

    private static Task LogInAsync(ServerParts parts, ApiRequest request)
    {
        if (parts.Sessions.Redeem(request.Query("code") ?? "") is not { } session)
            throw parts.Gate.Denied(request.Http, "login-link-spent", "this login link is unknown, spent or older than 5 minutes", AccessGate.LoginHelp);
        SessionEndpoints.SetCookie(request.Http, session.Session);
        request.Http.Response.StatusCode = 303;
        request.Http.Response.Headers.Location = "/";
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext http, PageFile file)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Headers.PagePolicy;
        headers.Vary = "Accept-Encoding";
        http.Response.ContentType = file.MediaType;
        var compressed = file.Compressed.Length > 0 && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (compressed) headers.ContentEncoding = "gzip";
        var body = compressed ? file.Compressed : file.Content;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
