namespace Signalbox.Notifications;

public enum NotificationKind { Started, Succeeded, RolledBack, Failed, Waiting }

public enum SinkKind { Webhook, Slack, Email, CloudEvents }

/// <summary>A value in words, or where it lies: a secret itself is in no file of settings and in no ledger.</summary>
/// <param name="Literal">The value.</param>
/// <param name="Variable">An environment variable of the control plane.</param>
/// <param name="File">A file that the control plane can read.</param>
public sealed record Reference(string? Literal, string? Variable, string? File)
{
    /// <summary>For people: never the value where it is a secret.</summary>
    public override string ToString() => Variable is not null ? $"${Variable}" : File ?? Literal ?? "";
}

/// <param name="On">What it is told of.</param>
/// <param name="Environments">Empty for all.</param>
public sealed record NotifySink(string Name, SinkKind Kind, IReadOnlyList<NotificationKind> On, IReadOnlyList<string> Environments, IReadOnlyList<string> Applications)
{
    /// <summary>Webhook, Slack and CloudEvents: where to.</summary>
    public Reference? Address { get; init; }

    /// <summary>Webhook and CloudEvents: what to sign with.</summary>
    public Reference? Secret { get; init; }

    /// <summary>E-mail: the SMTP relay on this machine.</summary>
    public string RelayHost { get; init; } = "127.0.0.1";

    public int RelayPort { get; init; } = 25;

    public string From { get; init; } = "";

    public IReadOnlyList<string> To { get; init; } = [];

    public bool Wants(Notification notification) =>
        On.Contains(notification.Kind)
        && (Environments.Count == 0 || Environments.Contains(notification.Environment))
        && (Applications.Count == 0 || Applications.Contains(notification.Application));
}

/// <param name="Link">The page's address as readers reach it; null where there is none.</param>
/// <param name="Runbook">Where runbooks lie, with {application} and {environment}; null for those on the page.</param>
public sealed record NotifySettings(string? Link, string? Runbook, IReadOnlyList<NotifySink> Sinks)
{
    public static NotifySettings None { get; } = new(null, null, []);
}

/// <summary>Something that people want to hear of. One ledger entry makes at most one.</summary>
/// <param name="Id">The same whenever and however often it is sent: receivers tell repetitions by it.</param>
/// <param name="Sequence">Of the ledger entry that it comes from.</param>
/// <param name="What">What happened.</param>
/// <param name="Todo">What to do now.</param>
/// <param name="HandTo">Whom it is handed to ("devops (@acme/platform)").</param>
/// <param name="Principal">Who caused it.</param>
public sealed record Notification(
    string Id, long Sequence, NotificationKind Kind, DateTimeOffset At, string Application, string Environment, string? Rollout, string? Release,
    string What, string Todo, string HandTo, string Principal)
{
    public string Track => $"{Application}/{Environment}";

    public string Title => $"{Track}: {Kind switch
    {
        NotificationKind.Started => $"{Release} is going out",
        NotificationKind.Succeeded => $"{Release} is out",
        NotificationKind.RolledBack => $"{Release} was taken back",
        NotificationKind.Failed => $"{Release} failed",
        _ => "waits for a person",
    }}";
}
