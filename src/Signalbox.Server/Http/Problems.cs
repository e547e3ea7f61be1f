using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Signalbox.Api;
using Signalbox.Evidence;
using Signalbox.Ledger;
using Signalbox.Runtimes;
using Signalbox.Storage;

namespace Signalbox.Server.Http;

/// <summary>Every refusal is a <see cref="Problem"/>; an exception's text goes out only where it is ours.</summary>
internal static class Problems
{
    public static (int Status, Problem Problem) Of(Exception exception) => exception switch
    {
        ApiException e => (e.Status, e.Problem),
        ControlPlaneRefusedException e => (StatusOf(e.Kind), e.Problem),
        BadHttpRequestException { StatusCode: 413 } => (413, new("body-too-large", "the body is larger than this route takes", null)),
        BadHttpRequestException e => (e.StatusCode, new("request-malformed", $"the request is malformed: {e.Message.TrimEnd('.')}", null)),
        JsonException e => (400, new("json-invalid", $"the body is not the JSON this route takes: {Describe(e)}", "curl .../openapi.json   # has the shape and an example")),
        LedgerConflictException or IOException { InnerException: LedgerConflictException } =>
            (503, new("control-plane-deposed", "another control plane writes this ledger; this one changed nothing and stops", "signalbox status   # of the one that took over, then again")),
        HostUnreachableException e => (503, new("host-unreachable", $"the host does not answer: {e.Message}", "signalbox status")),
        ContentRefusedException e => (e.Id == ContentRefusedException.Full ? 507 : 409, new(e.Id, e.Message, ContentRefusedException.Help)),
        StorageException { Id: "ledger-disk-full" } e => (507, new(e.Id, e.Message, e.Help)),
        StorageException e => (503, new(e.Id, e.Message, e.Help)),
        IOException e => (503, new("storage-failed", $"the state cannot be read or written: {e.Message}", "df -h")),
        _ => (500, new("internal-error", "this is a fault of Signalbox, not of the request; the control plane's log has it", "signalbox status")),
    };

    public static Task WriteAsync(HttpContext http, int status, Problem problem)
    {
        http.Response.Clear();
        Headers.Apply(http.Response);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        if (status == 401) http.Response.Headers.WWWAuthenticate = "Bearer";
        if (status == 429) http.Response.Headers.RetryAfter = "60";
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, ApiRequest.Json.Problem);
        http.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    private static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => 400,
        RefusalKind.NotFound => 404,
        RefusalKind.Conflict => 409,
        RefusalKind.TooLarge => 413,
        RefusalKind.NoRoom => 507,
        _ => 503,
    };

    /// <summary>The place, and what was seen there in our own words: the serialiser's name types of ours.</summary>
    private static string Describe(JsonException e)
    {
        var seen = e switch
        {
            { InnerException: JsonException reader } => reader.Message.Split(". LineNumber")[0].TrimEnd('.'),
            _ when e.Message.Contains("null", StringComparison.Ordinal) => "null where a value is expected",
            _ when e.Message.Contains("Duplicate", StringComparison.Ordinal) => "a member that stands twice",
            _ when e.Path is null or "$" => "something else than the object expected",
            _ => "a value of another type than expected",
        };
        return $"{seen}, at {e.Path ?? "$"}, line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}";
    }
}
