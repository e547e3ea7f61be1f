namespace Signalbox.Cli.Tests.Running;

/// <summary>What is on PATH, as a test wants to find it.</summary>
internal static class ProgramsOnPath
{
    /// <summary>Those that build images and scan: there on one machine and not on another.</summary>
    private static readonly string[] s_hidden = ["docker", "podman", "buildah", "trivy", "grype", "snyk", "semgrep", "gitleaks", "syft"];

    /// <summary>Makes a folder with a link to every program but builders of images and scanners.</summary>
    /// <returns>Its path, which stands for PATH.</returns>
    public static string WithoutContainersAndScanners(TemporaryDirectory directory)
    {
        var bin = Directory.CreateDirectory(directory.Join("programs")).FullName;
        foreach (var folder in Environment.GetEnvironmentVariable("PATH")!.Split(':').Where(Directory.Exists))
            foreach (var program in Directory.EnumerateFiles(folder).Where(program => !s_hidden.Contains(Path.GetFileName(program))))
            {
                var link = Path.Combine(bin, Path.GetFileName(program));
                // the first on PATH is the one that is found
                if (!new FileInfo(link).Exists && new FileInfo(link).LinkTarget is null) File.CreateSymbolicLink(link, program);
            }
        return bin;
    }
}
