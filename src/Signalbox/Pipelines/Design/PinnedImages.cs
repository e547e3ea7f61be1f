namespace Signalbox.Pipelines.Design;

/// <summary>The images whose tools a designed pipeline runs, each by its digest.</summary>
/// <remarks>
/// Source: public repositories that pin these versions; each digest was found beside the same version with several owners. A newer version is a new
/// line here, found in the same way.
/// </remarks>
internal static class PinnedImages
{
    public const string Trivy = "aquasec/trivy:0.58.1@sha256:ab70a02200597efa04748f210f793936eb647cbcdb0ea69cc30b226d6f5a22c7";

    public const string Gitleaks = "zricethezav/gitleaks:v8.21.2@sha256:0e99e8821643ea5b235718642b93bb32486af9c8162c8b8731f7cbdc951a7f46";

    public const string Semgrep = "semgrep/semgrep:1.99.0@sha256:ae27024c16f7848cdbfd49c24ed0b78b13f13b85fcd7b87c679aaa8b0c0dce98";

    public const string Cosign = "ghcr.io/sigstore/cosign/cosign:v2.5.0@sha256:e82eb6d42ccb6bc048d8d9e5e598e4d5178e1af6c00e54e02c9b0569c5f3ec11";

    /// <summary>Docker's client, and its server as a service beside a job.</summary>
    public const string Docker = "docker:28.0.1-dind@sha256:ddf7f6fd0d2175709739f1d47e6134fa8eb055d2f61c11c3f99780c79b44578e";

    /// <summary>kubectl, helm, git, curl and jq.</summary>
    public const string Kubernetes = "alpine/k8s:1.34.1@sha256:ec714df3813b5405292860f8a1c55c5727bf8c33c88992f1e981efad8065547f";

    private static readonly Dictionary<(string Tool, string Version), string> s_languages = new()
    {
        [("node", "22")] = "node:22.12.0@sha256:0e910f435308c36ea60b4cfd7b80208044d77a074d16b768a81901ce938a62dc",
        [("node", "24")] = "node:24.11.1@sha256:9a2ed90cd91b1f3412affe080b62e69b057ba8661d9844e143a6bbd76a23260f",
        [("python", "3.12")] = "python:3.12.8@sha256:2e726959b8df5cd9fd95a4cbd6dcd23d8a89e750e9c2c5dc077ba56365c6a925",
        [("python", "3.13")] = "python:3.13.5@sha256:dd82a2be8703eec3824c8c5f693aa9836fb984f72a14b8a32502236d94c0f8cb",
        [("python", "3.14")] = "python:3.14.2@sha256:6d58c1a9444bc2664f0fa20c43a592fcdb2698eb9a9c32257516538a2746c19a",
        [("go", "1.23")] = "golang:1.23.4@sha256:7ea4c9dcb2b97ff8ee80a67db3d44f98c8ffa0d191399197007d8459c1453041",
        [("go", "1.24")] = "golang:1.24.5@sha256:ef5b4be1f94b36c90385abd9b6b4f201723ae28e71acacb76d00687333c17282",
        [("go", "1.25")] = "golang:1.25.5@sha256:31c1e53dfc1cc2d269deec9c83f58729fa3c53dc9a576f6426109d1e319e9e9a",
        [("go", "1.26")] = "golang:1.26.4@sha256:792443b89f65105abba56b9bd5e97f680a80074ac62fc844a584212f8c8102c3",
        [("java", "17")] = "maven:3.9.9-eclipse-temurin-17@sha256:f58d59b6273e785ac0a4477f6e9b5ba1d7731c75b906c0f7b34076f1851318cc",
        [("java", "21")] = "maven:3.9.9-eclipse-temurin-21@sha256:3a4ab3276a087bf276f79cae96b1af04f53731bec53fb2e651aca79e4b10211e",
        [("dotnet", "8.0")] = "mcr.microsoft.com/dotnet/sdk:8.0@sha256:35792ea4ad1db051981f62b313f1be3b46b1f45cadbaa3c288cd0d3056eefb83",
        [("dotnet", "10.0")] = "mcr.microsoft.com/dotnet/sdk:10.0.100@sha256:c7445f141c04f1a6b454181bd098dcfa606c61ba0bd213d0a702489e5bd4cd71",
    };

    /// <summary>Which release is pinned for a version, by the numbers that its tag says; null where none is.</summary>
    public static int[]? Release(string tool, string version) => s_languages.TryGetValue((tool, version), out var image) && tool != "java" ? LanguageVersions.Numbers(image[(image.IndexOf(':') + 1)..image.IndexOf('@')]) : null;

    /// <summary>The image for what was found, or for another version that was chosen.</summary>
    /// <returns>Where the pinned release is older than what is asked for, an image of what is asked for, or for Go a newer one that is pinned: it builds what older ones do (go.dev/doc/go1compat).</returns>
    public static (string Image, bool IsPinned) Of(LanguageFound language, string version)
    {
        // a wrapper brings Gradle to whatever has a JDK; no image of Gradle's own is pinned here
        if (language.Manager.Value == "gradle") return ($"gradle:8.14-jdk{version}", false);
        if (version != language.Version.Value || language.Beyond is not { } beyond) return Language(language.Tool, version);
        if (language.Tool == "go" && s_languages.Where(l => l.Key.Tool == "go").Select(l => (l.Value, Numbers: Release("go", l.Key.Version)!)).Where(l => LanguageVersions.Order(l.Numbers, LanguageVersions.Numbers(beyond)) >= 0)
            .OrderBy(l => l.Numbers[0]).ThenBy(l => l.Numbers[1]).Select(l => l.Value).FirstOrDefault() is { } newer) return (newer, true);
        return (Unpinned(language.Tool, beyond.All(c => char.IsAsciiDigit(c) || c == '.') ? beyond : version), false);
    }

    /// <summary>The image with a language's tools; by its tag alone where no digest is known.</summary>
    /// <param name="tool"><c>node</c>, <c>python</c>, <c>go</c>, <c>java</c> or <c>dotnet</c>.</param>
    public static (string Image, bool IsPinned) Language(string tool, string version)
    {
        if (s_languages.TryGetValue((tool, version), out var pinned)) return (pinned, true);
        return (Unpinned(tool, version), false);
    }

    private static string Unpinned(string tool, string version) => tool switch
    {
        "java" => $"maven:3.9.9-eclipse-temurin-{version}",
        "go" => $"golang:{version}",
        "dotnet" => $"mcr.microsoft.com/dotnet/sdk:{version}",
        _ => $"{tool}:{version}",
    };
}
