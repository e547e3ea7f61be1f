using System.Text.Json.Serialization;

namespace Signalbox.Rollouts;

/// <summary>The outside signal that a rollout waits for, where it does not move by itself.</summary>
[JsonConverter(typeof(WaitingForConverter))]
public enum WaitingFor
{
    /// <summary>The judge's evidence, or a person who goes on without it.</summary>
    Evidence,

    /// <summary>A person's <c>advance</c>.</summary>
    Advance,

    /// <summary>A person's <c>resume</c>.</summary>
    Resume,

    /// <summary>A ready instance of stable to go back to.</summary>
    StableReady,

    /// <summary>The host to show that stable serves again.</summary>
    StableServing,

    /// <summary>The host to confirm the table that a hook presupposes.</summary>
    HostConfirmation,

    /// <summary>The rollout before it to end.</summary>
    Predecessor,

    /// <summary>The host to answer.</summary>
    Host,
}

public static class WaitingForText
{
    /// <summary>For people; ends a sentence that begins with "waiting for".</summary>
    /// <param name="predecessor">The rollout that <see cref="WaitingFor.Predecessor"/> means.</param>
    public static string Text(this WaitingFor signal, string? predecessor = null) => signal switch
    {
        WaitingFor.Evidence => "evidence, `signalbox advance` or `signalbox abort`",
        WaitingFor.Advance => "`signalbox advance` or `signalbox abort`",
        WaitingFor.Resume => "`signalbox resume` or `signalbox abort`",
        WaitingFor.StableReady => "a ready instance of stable, `signalbox abort` or `signalbox advance`",
        WaitingFor.StableServing => "the host to show stable serving",
        WaitingFor.HostConfirmation => "the host to confirm the table before the hook",
        WaitingFor.Host => "the host to answer",
        _ => $"{predecessor ?? "another rollout"} to end",
    };
}
