using System.Text.Json.Serialization;

namespace Signalbox.Gates;

/// <summary>What became of a release in an environment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Standing>))]
public enum Standing
{
    /// <summary>Its rollout has begun and has not ended.</summary>
    GoingOut,

    /// <summary>It took over and its bake time passed.</summary>
    Succeeded,

    /// <summary>It went back before it succeeded, or a person went back from it afterwards.</summary>
    TakenBack,

    /// <summary>It did not go out, and nothing was there to go back to, or going back did not end well.</summary>
    Failed,

    /// <summary>It waited to begin and was dropped.</summary>
    Withdrawn,
}

/// <param name="Since">By the engine's clock (UTC).</param>
/// <param name="Rollout">The rollout that made it so.</param>
/// <param name="Reason">Why it did not succeed; null where nobody said.</param>
public sealed record ReleaseStanding(string Environment, Standing Standing, DateTimeOffset Since, string Rollout, string? Reason = null)
{
    /// <summary>Principals that began to take it out there; of one that came by itself, those who did so where it came from. Null in decisions of versions that did not know.</summary>
    public IReadOnlyList<string>? Starters { get; init; }
}

/// <summary>The way a release goes from environment to environment, and how far it has come.</summary>
/// <param name="Environments">In the order of its signalbox.yaml.</param>
/// <param name="Standings">Of those environments it has begun to go into.</param>
public sealed record ReleasePath(IReadOnlyList<string> Environments, IReadOnlyList<ReleaseStanding> Standings)
{
    /// <summary>The environments that a release has to have succeeded in before this one: the one before it in its own file, and those that policies name.</summary>
    /// <param name="from">As policies name them; the environment itself is passed over.</param>
    public IReadOnlyList<string> Before(string environment, IEnumerable<string> from) =>
        [.. Previous(environment).Concat(from.Where(name => name != environment)).Distinct(StringComparer.Ordinal)];

    /// <summary>Everybody who began to take the release out in one of these environments.</summary>
    internal IEnumerable<string> Starters => Standings.SelectMany(standing => standing.Starters ?? []);

    public ReleaseStanding? In(string environment) => Standings.FirstOrDefault(standing => standing.Environment == environment);

    /// <summary>By value: lists of records compare by reference.</summary>
    public bool IsSame(ReleasePath? other) => other is not null && Environments.SequenceEqual(other.Environments, StringComparer.Ordinal) && Standings.SequenceEqual(other.Standings);

    private IEnumerable<string> Previous(string environment) =>
        Environments.TakeWhile(name => name != environment).Take(Environments.Contains(environment) ? int.MaxValue : 0).TakeLast(1);
}
