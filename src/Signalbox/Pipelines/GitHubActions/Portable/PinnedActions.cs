namespace Signalbox.Pipelines.GitHubActions.Portable;

/// <summary>The actions that a written workflow uses, each by its full commit.</summary>
/// <remarks>
/// Source: public workflows that pin these versions; each commit was found with the same version behind it in several repositories
/// of different owners. A newer version is a new row here, found in the same way.
/// </remarks>
internal static class PinnedActions
{
    private static readonly Dictionary<string, (string Commit, string Version)> s_pins = new(StringComparer.Ordinal)
    {
        ["actions/checkout"] = ("11bd71901bbe5b1630ceea73d27597364c9af683", "v4.2.2"),
        ["actions/cache"] = ("5a3ec84eff668545956fd18022155c47e93e2684", "v4.2.3"),
        ["actions/upload-artifact"] = ("ea165f8d65b6e75b540449e92b4886f43607fa02", "v4.6.2"),
        ["actions/download-artifact"] = ("d3f86a106a0bac45b974a628896c90dbdf5c8093", "v4.3.0"),
        ["actions/setup-node"] = ("49933ea5288caeca8642d1e84afbd3f7d6820020", "v4.4.0"),
        ["actions/setup-python"] = ("a26af69be951a213d495a4c3e4e4022e16d87065", "v5.6.0"),
        ["actions/setup-dotnet"] = ("67a3573c9a986a3f9c594539f4ab511d57bb3ce9", "v4.3.1"),
        ["actions/setup-go"] = ("d35c59abb061a4a6fb18e82ac0862c26744d6ab5", "v5.5.0"),
        ["actions/setup-java"] = ("c5195efecf7bdfc987ee8bae7a71cb8b11521c00", "v4.7.1"),
        ["actions/attest-build-provenance"] = ("e8998f949152b193b063cb0ec769d69d929409be", "v2.4.0"),
        ["docker/login-action"] = ("74a5d142397b4f367a81961eba4e8cd7edddf772", "v3.4.0"),
        ["docker/build-push-action"] = ("263435318d21b8e681c14492fe198d362a7d2c83", "v6.18.0"),
    };

    /// <summary>The version of a pinned action, for the comment behind it; null where the pin is none of these.</summary>
    public static string? VersionOf(string uses) => s_pins.FirstOrDefault(p => uses == $"{p.Key}@{p.Value.Commit}").Value.Version;

    /// <summary>The reference for <c>uses</c>, and the version for the comment behind it.</summary>
    public static (string Uses, string Version) Of(string action) => ($"{action}@{s_pins[action].Commit}", s_pins[action].Version);
}
