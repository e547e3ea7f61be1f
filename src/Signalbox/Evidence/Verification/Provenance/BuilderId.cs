using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>A builder's name with the version it ran at: <c>https://github.com/o/r/.github/workflows/b.yml@refs/tags/v1.2.3</c>.</summary>
/// <param name="Version">Null where it is not said.</param>
internal sealed record BuilderId(string Name, string? Version)
{
    private const string TagPrefix = "refs/tags/";

    /// <exception cref="Refusal">More than one @, or nothing behind it.</exception>
    public static BuilderId Parse(string text) => text.Split('@') switch
    {
        [var name] => new(name, null),
        [var name, { Length: > 0 } version] => new(name, version),
        _ => throw new Refusal(VerificationError.InvalidFormat, $"'{JsonFields.Shown(text)}' is not a builder's id"),
    };

    /// <summary>Whether this is at a version that the expected one names; it may leave out the version, or <c>refs/tags/</c>.</summary>
    public bool IsAt(string? expectedVersion) => expectedVersion is null || expectedVersion == Version || TagPrefix + expectedVersion == Version;

    public bool Matches(BuilderId expected) => Name == expected.Name && IsAt(expected.Version);

    /// <summary>Whether the version is a release: the tag of a semantic version with three parts and nothing behind them.</summary>
    public bool IsRelease => Version is { } version && version.StartsWith(TagPrefix, StringComparison.Ordinal)
        && SemanticVersion.TryParse(version[TagPrefix.Length..]) is { IsFull: true, PreRelease: null, Build: null };

    public override string ToString() => Version is null ? Name : $"{Name}@{Version}";
}
