using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Server.Access;

namespace Signalbox.Server.Http;

/// <summary>A request as a handler sees it: typed parts or a refusal that names the part.</summary>
internal sealed class ApiRequest(HttpContext http, Caller? caller)
{
    /// <summary>The API's JSON with its limits: depth 32, no member twice, no null where none belongs.</summary>
    public static ApiJson Json { get; } = new(new JsonSerializerOptions(ApiJson.Default.Options)
    {
        MaxDepth = 32,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        // answers are application/json with nosniff, never HTML: quotes may stay readable
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public HttpContext Http => http;

    public CancellationToken Cancel => http.RequestAborted;

    public Caller Caller => caller ?? throw new InvalidOperationException("this route has no caller");

    public Principal Principal => Caller.Principal;

    /// <summary>Whether this caller may see what workloads printed.</summary>
    public bool MaySeeLogs => Caller.Scopes.Allows(Scope.Logs);

    /// <summary>Refuses what the caller's token is not for.</summary>
    /// <param name="application">Whose it is; null where it is no one application's.</param>
    /// <param name="environment">Null where it is in none.</param>
    /// <exception cref="ApiException">403: the token is for something else.</exception>
    public void Confine(string? application, string? environment)
    {
        if (!Caller.Bound.Covers(application, environment)) throw NotFor(Caller.Bound);
    }

    public static ApiException NotFor(TokenBound bound) =>
        new(403, "token-bound", $"this token is for {bound} alone", "signalbox token list   # says what each token is for");

    /// <summary>The application that is asked for, which is the token's own where it is for one.</summary>
    public string? OfApplication => Asked("application", caller?.Bound.Application);

    /// <summary>The environment that is asked for, which is the token's own where it is for one.</summary>
    public string? OfEnvironment => Asked("environment", caller?.Bound.Environment);

    private string? Asked(string name, string? bound)
    {
        var asked = Query(name);
        return bound is null || asked is null || asked == bound ? asked ?? bound : throw NotFor(Caller.Bound);
    }

    public string Route(string name) => (string)http.GetRouteValue(name)!;

    public TrackKey Track => new(Route("application"), Route("environment"));

    public string? Query(string name) => http.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    public int Number(string name, int otherwise, int most)
    {
        if (Query(name) is not { } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw Bad(name, text, $"a number from 1 to {most}");
    }

    public long Sequence(string name) => Query(name) is not { } text ? 0 : ParseSequence(name, text);

    public bool? Flag(string name) => Query(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw Bad(name, text, "true or false"),
    };

    public Digest Digest(string name, string? text) =>
        Delivery.Digest.TryParse(text, out var digest) ? digest : throw Bad(name, text ?? "", "sha256: and 64 lower-case hex digits");

    public async Task<T> BodyAsync<T>(JsonTypeInfo<T> type) where T : class
    {
        RequireJson();
        return await JsonSerializer.DeserializeAsync(http.Request.Body, type, Cancel).ConfigureAwait(false)
            ?? throw new ApiException(400, "json-invalid", "the body is null; expected an object");
    }

    /// <summary>The body as it came.</summary>
    /// <exception cref="ApiException">413: it has more than <paramref name="most"/> bytes.</exception>
    public async Task<byte[]> BytesAsync(int most)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 << 10];
        for (int read; (read = await http.Request.Body.ReadAsync(chunk, Cancel).ConfigureAwait(false)) > 0;)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > most) throw new ApiException(413, "body-too-large", $"the body has more than the {most:N0} bytes that this route takes");
        }
        return buffer.ToArray();
    }

    /// <exception cref="ApiException">415: the body says that it is something else.</exception>
    public void RequireJson()
    {
        if (http.Request.ContentType is not { } media || !media.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
            throw new ApiException(415, "not-json", $"the body's type is '{http.Request.ContentType}'; expected application/json", "curl -H 'Content-Type: application/json' ...");
    }

    public static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(body, type) ?? throw new ApiException(400, "json-invalid", "the body is null; expected an object");

    /// <summary>A body's member that has to be there.</summary>
    public static T Required<T>(T? value, string name) where T : class => value is null or ""
        ? throw new ApiException(400, "member-missing", $"the body's '{name}' is missing or empty")
        : value;

    public Task AnswerAsync<T>(T answer, JsonTypeInfo<T> type, int status = 200)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, Cancel).AsTask();
    }

    public static T Found<T>(T? value, string what, string name) where T : class =>
        value ?? throw new ApiException(404, $"{what}-unknown", $"there is no {what} '{name}'", "signalbox status");

    internal static long ParseSequence(string name, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : throw Bad(name, text, "a ledger sequence");

    private static ApiException Bad(string name, string seen, string expected) =>
        new(400, "parameter-invalid", $"{name} is '{(seen.Length > 80 ? seen[..80] + "…" : seen)}'; expected {expected}");
}
