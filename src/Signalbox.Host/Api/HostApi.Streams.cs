using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Api;

/// <summary>The endpoints that carry more than one document.</summary>
internal sealed partial class HostApi
{
    /// <summary>Between two rounds of the observation stream: changes in between come to one line a track.</summary>
    private static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(20);

    private const long LargestArtifact = 4L * 1024 * 1024 * 1024;
    private const int MostLines = 10_000, UsualLines = 200;

    /// <summary>One line of JSON an observation, until the reader or this host goes away.</summary>
    private async Task ObserveAsync(HttpContext http)
    {
        var ending = http.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, ending);
        try
        {
            await ObserveAsync(http, end.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // the reader is told by the end of the stream, and the stop need not wait for it
        }
    }

    private async Task ObserveAsync(HttpContext http, CancellationToken end)
    {
        var cursor = Number(http, "after", 0, long.MaxValue) ?? parts.Hub.Cursor;
        http.Response.ContentType = "application/x-ndjson";
        await http.Response.StartAsync(end);
        while (true)
        {
            foreach (var (track, at) in await parts.Hub.AfterAsync(cursor, end))
            {
                cursor = at;
                if (parts.Tracks.Observe(track) is { } observed)
                    await LineAsync(http, new(at, parts.Time.GetUtcNow(), observed), ProtocolJson.Default.Observation);
            }
            await http.Response.Body.FlushAsync(end);
            await Task.Delay(Coalesce, parts.Time, end);
        }
    }

    private async Task LogsAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var track = query["track"].ToString();
        if (track.Length == 0) throw new BadHttpRequestException("which track? expected ?track=APPLICATION/ENVIRONMENT");
        var lines = (int)(Number(http, "lines", 1, MostLines) ?? UsualLines);
        http.Response.ContentType = "application/x-ndjson";
        foreach (var line in parts.Logs(track, Text(query["service"]), Text(query["revision"]), lines))
            await LineAsync(http, line, ProtocolJson.Default.InstanceLogLine);
    }

    private async Task PutArtifactAsync(HttpContext http, string name)
    {
        if (!Digest.TryParse(name, out var digest)) throw new BadHttpRequestException($"'{name}' is not a digest; expected sha256: and 64 lower-case hex digits");
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestArtifact;
        http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        try
        {
            http.Response.StatusCode = await parts.Artifacts.PutAsync(digest, http.Request.Body, http.RequestAborted) ? 201 : 200;
        }
        catch (ArtifactRefusedException e)
        {
            await Answer.ProblemAsync(http, 400, e.Id, e.Message);
        }
        catch (IOException e) when (!http.RequestAborted.IsCancellationRequested)
        {
            await Answer.ProblemAsync(http, 507, PutResult.CannotPersist, e.Message);
        }
    }

    private Task HasArtifactAsync(HttpContext http, string name)
    {
        http.Response.StatusCode = Digest.TryParse(name, out var digest) && parts.Artifacts.Has(digest) ? 200 : 404;
        return Task.CompletedTask;
    }

    private static async Task LineAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type)
    {
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), http.RequestAborted);
        await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
    }

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static long? Number(HttpContext http, string name, long least, long most)
    {
        var text = http.Request.Query[name].ToString();
        if (text.Length == 0) return null;
        return long.TryParse(text, out var number) && number >= least && number <= most
            ? number
            : throw new BadHttpRequestException($"{name}={text} is not a number from {least} to {most}");
    }
}
