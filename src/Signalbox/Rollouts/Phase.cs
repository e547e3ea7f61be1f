namespace Signalbox.Rollouts;

/// <summary>Where a rollout stands. Every phase ends, or waits for a signal that <see cref="RolloutState.WaitingFor"/> names.</summary>
public enum Phase
{
    /// <summary>Accepted; nothing runs yet.</summary>
    Pending,

    /// <summary>The pre hook is due, then runs; stable serves alone.</summary>
    PreHook,

    /// <summary>Recreate only: the old release stops, since both may not have the data open at once.</summary>
    Stopping,

    /// <summary>The new release's instances start; it has no traffic.</summary>
    Starting,

    /// <summary>Blue/green: the check is due, then runs; the new release is ready in full and has no traffic.</summary>
    Checking,

    /// <summary>Blue/green: the new release can be looked at until a time or a person lets it switch.</summary>
    Previewing,

    /// <summary>The new release has a share of traffic and is judged.</summary>
    Progressing,

    /// <summary>A person, a manual step or undecided evidence holds it; weights stay, the judge goes on.</summary>
    Paused,

    /// <summary>The new release scales to full capacity before it gets all traffic.</summary>
    Promoting,

    /// <summary>The new release has all traffic and is judged alone; the old one is warm.</summary>
    Baking,

    /// <summary>The post hook is due, then runs.</summary>
    PostHook,

    /// <summary>Traffic goes back to stable; waits until the host shows that it did.</summary>
    Aborting,

    /// <summary>It may not go back by itself (stable has no capacity, or an irreversible hook has run); weights stay.</summary>
    Halted,

    Succeeded,
    RolledBack,
    Failed,
}

public static class Phases
{
    /// <summary>The name of the hook that a phase is about, or null.</summary>
    public static string? HookName(this Phase phase) => phase switch
    {
        Phase.PreHook => "pre",
        Phase.Checking => "check",
        Phase.PostHook => "post",
        _ => null,
    };

    /// <summary>The phase of a hook's name; a name of a newer version is taken for the last.</summary>
    internal static Phase OfHook(string name) => name switch
    {
        "pre" => Phase.PreHook,
        "check" => Phase.Checking,
        _ => Phase.PostHook,
    };

    public static bool IsEnded(this Phase phase) => phase is Phase.Succeeded or Phase.RolledBack or Phase.Failed;

    /// <summary>Phases in which the canary may carry traffic, so that the host's lease guards it.</summary>
    public static bool MayCarryCanary(this Phase phase) =>
        phase is Phase.Progressing or Phase.Paused or Phase.Promoting or Phase.Baking or Phase.PostHook or Phase.Halted or Phase.Aborting;
}
