namespace Signalbox.Audit.GitHub;

/// <summary>Commits of releases that most workflows use: what <c>git ls-remote --tags</c> of each repository says.</summary>
internal static class KnownCommits
{
    private static readonly Dictionary<string, string> s_versions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["actions/checkout@b4ffde65f46336ab88eb53be808477a3936bae11"] = "v4.1.1",
        ["actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"] = "v4.2.2",
        ["actions/checkout@08eba0b27e820071cde6df949e0beb9ba4906955"] = "v4.3.0",
        ["actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8"] = "v5.0.0",
        ["actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020"] = "v4.4.0",
        ["actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065"] = "v5.6.0",
        ["actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02"] = "v4.6.2",
        ["actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093"] = "v4.3.0",
        ["pypa/gh-action-pypi-publish@76f52bc884231f62b9a034ebfe128415bbaabdfc"] = "v1.12.4",
    };

    /// <returns>Null where the commit is not known.</returns>
    public static string? Version(string repository, string commit) => s_versions.GetValueOrDefault($"{repository}@{commit}");
}
