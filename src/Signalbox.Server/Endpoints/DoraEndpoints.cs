using System.Globalization;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Dora;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class DoraEndpoints
{
    private const int DefaultDays = 90;
    private const string DefaultEnvironment = "production";

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("GET", "/api/v1/dora", "getDora", Scope.Read, "DORA's five keys and the five principles, from the ledger", request =>
            request.AnswerAsync(View(parts, request), json.DoraView))
        {
            Reach = Reach.Confined,
            Parameters =
            [
                new("application", "query", "string", "only this application; all of them where it is left out"),
                new("environment", "query", "string", $"the environment whose users count; default {DefaultEnvironment}"),
                new("days", "query", "integer", $"the window's length; default {DefaultDays}, most {(int)DoraReport.LongestWindow.TotalDays}"),
                new("to", "query", "string", "the window's end (2026-01-31T12:00:00Z); default now"),
            ],
            Answer = json.DoraView,
        };

        yield return new("POST", "/api/v1/deployments", "reportDeployment", Scope.Report, "Say that another pipeline deployed; the same source and id count once", request => ReportAsync(parts, request))
        { Reach = Reach.Confined, Body = json.ReportDeployment, Example = Examples.ReportDeployment, Status = 201, Answer = json.ReportTaken };

        yield return new("POST", "/api/v1/cdevents", "reportCdEvent", Scope.Report, "Take a CDEvent as a CloudEvent in structured or binary mode; the same source and id count once", request => CdEventAsync(parts, request))
        {
            Reach = Reach.Confined,
            Parameters =
            [
                new("ce-id", "header", "string", "binary mode: the event's id, and so ce-source, ce-type, ce-time, ce-subject"),
                new("ce-specversion", "header", "string", "binary mode: 1.0"),
            ],
            RawBody = "application/cloudevents+json",
            Status = 201,
            Answer = json.ReportTaken,
        };
    }

    private static DoraView View(ServerParts parts, ApiRequest request)
    {
        var to = request.Query("to") is { } text ? Moment(text) : parts.Options.Time.GetUtcNow();
        var days = request.Number("days", DefaultDays, (int)DoraReport.LongestWindow.TotalDays);
        var query = new DoraQuery(request.OfApplication, request.OfEnvironment ?? DefaultEnvironment, to - TimeSpan.FromDays(days), to);
        return DoraReport.Of(parts.Dora.Facts, query, parts.Ledger.Head.ToString());
    }

    private static DateTimeOffset Moment(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at.Year is >= 2000 and < 9000
            ? at.ToUniversalTime()
            : throw new ApiException(400, "parameter-invalid", $"to is '{(text.Length > 80 ? text[..80] : text)}'; expected a moment such as 2026-01-31T12:00:00Z");

    private static async Task ReportAsync(ServerParts parts, ApiRequest request)
    {
        request.RequireJson();
        var (bytes, now) = (await request.BytesAsync(CloudEvent.MostBytes).ConfigureAwait(false), parts.Options.Time.GetUtcNow());
        var body = ApiRequest.Parse(bytes, ApiRequest.Json.ReportDeployment);
        await TakeAsync(parts, request, () => DeploymentReport.Read(body, Digest.Of(bytes), now)).ConfigureAwait(false);
    }

    private static async Task CdEventAsync(ServerParts parts, ApiRequest request)
    {
        var media = request.Http.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (media is not ("application/cloudevents+json" or "application/cdevents+json" or "application/json"))
            throw new ApiException(415, "not-a-cloudevent", $"the body's type is '{media}'; expected application/cloudevents+json, or application/cdevents+json with ce- headers", "curl -H 'Content-Type: application/cloudevents+json' ...");
        var (bytes, now) = (await request.BytesAsync(CloudEvent.MostBytes).ConfigureAwait(false), parts.Options.Time.GetUtcNow());
        await TakeAsync(parts, request, () => CdEventReader.Read(
            media == "application/cloudevents+json" ? CloudEvent.ReadStructured(bytes) : CloudEvent.ReadBinary(name => request.Http.Request.Headers[name] is [{ } value] ? value : null, bytes),
            Digest.Of(bytes), now)).ConfigureAwait(false);
    }

    private static async Task TakeAsync(ServerParts parts, ApiRequest request, Func<ReportedEvent?> read)
    {
        try
        {
            var reported = read();
            if (reported is not null) request.Confine(reported.Application, reported.Environment);
            var taken = reported is not null
                ? await parts.Reports.TakeAsync(reported, request.Principal, request.Cancel).ConfigureAwait(false)
                : new(false, 0, "nothing is counted from events of this type");
            await request.AnswerAsync(taken, ApiRequest.Json.ReportTaken, taken.Recorded ? 201 : 200).ConfigureAwait(false);
        }
        catch (EventRefusedException refused)
        {
            throw new ApiException(refused.Id == "event-too-large" ? 413 : 400, refused.Id, refused.Message, "curl .../openapi.json   # has the shape and an example");
        }
    }
}
