using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Api;

internal static class Answer
{
    public static async Task JsonAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type, int status = 200)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    public static Task ProblemAsync(HttpContext http, int status, string id, string message) =>
        http.Response.HasStarted ? Task.CompletedTask : JsonAsync(http, new(id, message), ProtocolJson.Default.HostProblem, status);
}

internal static class Body
{
    /// <exception cref="BadHttpRequestException">The body is not such a document, or too large.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted)
                ?? throw new BadHttpRequestException($"the body is null; expected a {typeof(T).Name}");
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException($"the body is no {typeof(T).Name}: {e.Message}", e);
        }
    }
}
