using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;

namespace Signalbox.Dora;

/// <summary>
/// What a CDEvent (spec 0.3 to 0.5) says of a delivery: service deployed, upgraded, rolledback; incident detected, reported,
/// resolved; pipelinerun queued, started, finished. A service's, environment's or pipeline's id becomes a name as applications
/// have one: its last segment, in lower case. <c>customData</c> may say more: application, environment, release, replaces,
/// startedAt, changes.
/// </summary>
public static partial class CdEventReader
{
    private const int MostChanges = 500;

    /// <summary>A sender's clock may be ahead of ours by this much.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Before it nothing was deployed that anybody counts; a clock that was never set is.</summary>
    internal static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <returns>Null where the event is of a kind that nothing is counted from.</returns>
    /// <exception cref="EventRefusedException">It is no CDEvent, or says too little.</exception>
    public static ReportedEvent? Read(CloudEvent cloud, Digest content, DateTimeOffset now)
    {
        if (TypeName().Match(cloud.Type) is not { Success: true } type)
            throw new EventRefusedException("event-not-cdevents", $"type is {CloudEvent.Seen(cloud.Type)}; expected a CDEvents type such as dev.cdevents.service.deployed.0.2.0");
        CheckContext(cloud);
        if (cloud.Time > now + ClockSkew) throw new EventRefusedException("event-in-future", $"time is {cloud.Time:O}; expected a moment that is over ({now:O} here)");
        if (cloud.Time < Earliest) throw new EventRefusedException("event-malformed", $"time is {cloud.Time:O}; expected a moment of this century");
        if (KindOf(type.Groups[1].Value, type.Groups[2].Value) is not { } kind) return null;
        var subject = Member(cloud.Data, "subject") ?? throw new EventRefusedException("event-malformed", "the CDEvent has no subject");
        var id = Text(subject, "id") ?? cloud.Subject ?? throw new EventRefusedException("event-malformed", "the CDEvent's subject has no id");
        var (inside, custom) = (Member(subject, "content") ?? default, Member(cloud.Data, "customData") ?? default);
        var reported = new ReportedEvent(
            cloud.Source, cloud.Id, cloud.Type, kind, cloud.Time, id, ApplicationOf(kind, id, inside, custom),
            Name(custom, "environment") ?? Slug(Text(Member(inside, "environment") ?? default, "id")), Release(custom, inside), content)
        {
            IsRollback = type.Groups[2].Value == "rolledback",
            Replaces = Text(custom, "replaces"),
            StartedAt = Moment(custom, "startedAt", cloud.Time),
            Changes = Changes(custom),
        };
        return Complete(reported);
    }

    /// <summary>A deployment or an incident without its place cannot be counted anywhere.</summary>
    private static ReportedEvent Complete(ReportedEvent reported) => reported.Kind is ReportedKind.PipelineStarted or ReportedKind.PipelineFinished or ReportedKind.IncidentResolved
        || reported is { Application: not null, Environment: not null }
            ? reported
            : throw new EventRefusedException("event-without-place", $"the event names {(reported.Application is null ? "no service" : "no environment")}; expected subject.id or content.service.id, and content.environment.id");

    private static ReportedKind? KindOf(string subject, string predicate) => (subject, predicate) switch
    {
        ("service", "deployed" or "upgraded" or "rolledback") => ReportedKind.Deployed,
        ("incident", "detected" or "reported") => ReportedKind.IncidentOpened,
        ("incident", "resolved") => ReportedKind.IncidentResolved,
        ("pipelinerun", "queued" or "started") => ReportedKind.PipelineStarted,
        ("pipelinerun", "finished") => ReportedKind.PipelineFinished,
        _ => null,
    };

    private static string? ApplicationOf(ReportedKind kind, string id, JsonElement content, JsonElement custom) => Name(custom, "application") ?? kind switch
    {
        ReportedKind.Deployed => Slug(id),
        ReportedKind.IncidentOpened or ReportedKind.IncidentResolved => Slug(Text(Member(content, "service") ?? default, "id")),
        _ => Slug(Text(content, "pipelineName")),
    };

    private static string? Release(JsonElement custom, JsonElement content) => Text(custom, "release") ?? Text(content, "artifactId");

    /// <summary>The binding wants the envelope and the CDEvent to say the same; where they do not, neither can be trusted.</summary>
    private static void CheckContext(CloudEvent cloud)
    {
        var context = Member(cloud.Data, "context") ?? throw new EventRefusedException("event-malformed", "the CDEvent has no context");
        foreach (var (name, value) in new[] { ("id", cloud.Id), ("source", cloud.Source), ("type", cloud.Type) })
            if (Text(context, name) is var inside && inside != value)
                throw new EventRefusedException("event-contradicts", $"context.{name} is {CloudEvent.Seen(inside)} and the envelope's is {CloudEvent.Seen(value)}; expected the same");
    }

    private static IReadOnlyList<Change> Changes(JsonElement custom)
    {
        if (custom.ValueKind != JsonValueKind.Object || !custom.TryGetProperty("changes", out var list)) return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MostChanges) throw new EventRefusedException("event-malformed", $"customData.changes is no list of at most {MostChanges} changes");
        return [.. list.EnumerateArray().Select(Change)];
    }

    private static Change Change(JsonElement change) => Text(change, "commit") is { Length: >= 7 and <= 64 } commit && commit.All(char.IsAsciiHexDigit)
        ? new(commit, Moment(change, "committedAt", DateTimeOffset.MaxValue))
        : throw new EventRefusedException("event-malformed", "a change in customData.changes has no commit of 7 to 64 hex digits");

    private static DateTimeOffset? Moment(JsonElement of, string name, DateTimeOffset latest)
    {
        if (Text(of, name) is not { } text) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at <= latest
            ? at.ToUniversalTime()
            : throw new EventRefusedException("event-malformed", $"{name} is {CloudEvent.Seen(text)}; expected a moment not after the event's own");
    }

    private static string? Name(JsonElement custom, string name) => Slug(Text(custom, name));

    private static string? Slug(string? text) => text is null ? null : Slugs.Of(text);

    private static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement of, string name)
    {
        if (of.ValueKind != JsonValueKind.Object || !of.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString() is { Length: > 0 and <= CloudEvent.MostText } text && !text.Any(char.IsControl) ? text : throw new EventRefusedException("event-malformed", $"{name} has none or more than {CloudEvent.MostText} characters, or a control character");
        }
        catch (InvalidOperationException)
        {
            throw new EventRefusedException("event-malformed", $"{name} is not valid Unicode");
        }
    }

    [GeneratedRegex(@"^dev\.cdevents\.([a-z]{1,40})\.([a-z]{1,40})\.\d{1,4}\.\d{1,4}\.\d{1,4}(-[a-z0-9.]{1,20})?$", RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();
}
