using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Signalbox.Notifications;

/// <summary>What each kind of sink is sent. Pure.</summary>
public static class NotificationBodies
{
    /// <summary>A text is cut to this: Slack takes 40,000 characters, and nobody reads them.</summary>
    private const int Longest = 2000;

    /// <summary>The plain webhook: everything, as members.</summary>
    public static byte[] Webhook(Notification notification, NotifySettings settings) => Bytes(new JsonObject
    {
        ["type"] = TypeOf(notification),
        ["timestamp"] = notification.At.ToUniversalTime().ToString("O"),
        ["data"] = Data(notification, settings),
    });

    /// <summary>CloudEvents 1.0.2 in structured mode.</summary>
    /// <param name="source">Names this installation.</param>
    public static byte[] CloudEvent(Notification notification, NotifySettings settings, string source) => Bytes(new JsonObject
    {
        ["specversion"] = "1.0",
        ["id"] = notification.Id,
        ["source"] = source,
        ["type"] = TypeOf(notification),
        ["subject"] = notification.Rollout ?? notification.Track,
        ["time"] = notification.At.ToUniversalTime().ToString("O"),
        ["datacontenttype"] = "application/json",
        ["data"] = Data(notification, settings),
    });

    /// <summary>An incoming webhook of Slack's form, which Mattermost, Rocket.Chat and others take too.</summary>
    public static byte[] Slack(Notification notification, NotifySettings settings)
    {
        var lines = new StringBuilder($"*{Mrkdwn(notification.Title)}*\n{Mrkdwn(notification.What)}\nto do: {Mrkdwn(notification.Todo)}\nhanded to: {Mrkdwn(notification.HandTo)}");
        foreach (var (name, link) in Links(notification, settings)) lines.Append($"\n<{Mrkdwn(link).Replace("|", "%7C", StringComparison.Ordinal)}|{name}>");
        return Bytes(new JsonObject { ["text"] = lines.ToString() });
    }

    public static string Mail(Notification notification, NotifySettings settings)
    {
        var text = new StringBuilder($"What happened: {Cut(notification.What)}\nWhat to do:    {Cut(notification.Todo)}\nHanded to:     {notification.HandTo}\nBy:            {notification.Principal}\nAt:            {notification.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC\n");
        foreach (var (name, link) in Links(notification, settings)) text.Append($"{char.ToUpperInvariant(name[0])}{name[1..]}: {link}\n");
        return text.ToString();
    }

    /// <summary>signalbox.rollout.started and so on; versioned, as its members are.</summary>
    public static string TypeOf(Notification notification) => $"signalbox.rollout.{JsonNamingPolicy.CamelCase.ConvertName(notification.Kind.ToString())}.v1";

    private static JsonObject Data(Notification notification, NotifySettings settings)
    {
        var data = new JsonObject
        {
            ["id"] = notification.Id,
            ["application"] = notification.Application,
            ["environment"] = notification.Environment,
            ["rollout"] = notification.Rollout,
            ["release"] = notification.Release,
            ["title"] = notification.Title,
            ["what"] = Cut(notification.What),
            ["todo"] = Cut(notification.Todo),
            ["handTo"] = notification.HandTo,
            ["principal"] = notification.Principal,
        };
        foreach (var (name, link) in Links(notification, settings)) data[name] = link;
        return data;
    }

    /// <summary>The page opens the rollout by its id, and has the runbooks where nobody keeps them elsewhere.</summary>
    private static IEnumerable<(string Name, string Link)> Links(Notification notification, NotifySettings settings)
    {
        var (application, environment) = (Uri.EscapeDataString(notification.Application), Uri.EscapeDataString(notification.Environment));
        if (settings.Link is { } page) yield return ("page", notification.Rollout is { } id ? $"{page}/?rollout={Uri.EscapeDataString(id)}" : $"{page}/#/{application}/{environment}");
        if ((settings.Runbook ?? (settings.Link is { } own ? own + "/#/{application}/{environment}/runbooks" : null)) is { } runbook)
            yield return ("runbook", runbook.Replace("{application}", application, StringComparison.Ordinal).Replace("{environment}", environment, StringComparison.Ordinal));
    }

    /// <summary>Slack's three special characters (docs.slack.dev, "Formatting message text"): without them no text makes a link or a mention.</summary>
    private static string Mrkdwn(string text) => Cut(text).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Cut(string text) => text.Length <= Longest ? text : text[..Longest] + "…";

    private static byte[] Bytes(JsonObject body) => Encoding.UTF8.GetBytes(body.ToJsonString());
}
