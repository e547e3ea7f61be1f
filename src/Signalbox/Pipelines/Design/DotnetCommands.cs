using Signalbox.Delivery.Detection;

namespace Signalbox.Pipelines.Design;

/// <summary>How .NET's projects are restored, built and tested: each by its path, for a folder may hold several of them, or none.</summary>
internal static class DotnetCommands
{
    /// <summary>Each time <c>dotnet test</c> makes a folder or file of a new name below it: what is of another time has to go first.</summary>
    private const string Reports = "reports/dotnet";

    private const string Release = "--configuration Release --no-build";

    public static LanguageCommands Of(LanguageFound language, string least)
    {
        string Each(IEnumerable<string> paths, Func<string, string> line) => string.Join('\n', paths.Select(path => line(Words.Quote(path))));
        var restore = Each(language.Projects, path => $"dotnet restore {path}{(language.Lock is null ? "" : " --locked-mode")}");
        var build = Each(language.Projects, path => $"dotnet build {path} --configuration Release --no-restore");
        if (language.Platform is { } platform) return new(restore, build, $"rm -rf {Reports}\n{OnPlatform(language, platform)}\n{Cobertura("*.cobertura.xml", least)}", [$"{Reports}/"]);
        if (language.Coverage?.Value == "coverlet.msbuild")
            return new(restore, build, Each(language.Projects, path => $"dotnet test {path} {Release} /p:CollectCoverage=true /p:CoverletOutputFormat=cobertura /p:Threshold={least} /p:ThresholdType=line /p:ThresholdStat=total"), []);
        var test = Each(language.Projects, path => $"dotnet test {path} {Release} --logger trx --collect 'XPlat Code Coverage' --results-directory {Reports}");
        return new(restore, build, $"rm -rf {Reports}\n{test}\n{Cobertura("coverage.cobertura.xml", least)}", [$"{Reports}/"]);
    }

    /// <summary>
    /// Microsoft.Testing.Platform knows none of VSTest's options: those that it has come with packages, and one that no package brings ends the tests. Sources:
    /// learn.microsoft.com/dotnet/core/tools/dotnet-test-mtp, coverlet's Coverlet.MTP.Integration.md.
    /// </summary>
    private static string OnPlatform(LanguageFound language, TestPlatform platform)
    {
        var coverlet = language.Coverage?.Value == "coverlet.MTP";
        // coverlet's report has one name, whatever the project
        var tested = coverlet && platform.Tests.Count > 0 ? platform.Tests : language.Projects;
        return string.Join('\n', tested.Select((path, index) =>
        {
            var kind = !platform.IsRunner ? "" : path.EndsWith("proj", StringComparison.OrdinalIgnoreCase) ? "--project " : "--solution ";
            // each program of tests is started in a folder of its own
            var folder = $"\"$PWD/{Reports}{(tested.Count > 1 ? $"/{index + 1}" : "")}\"";
            var measure = coverlet ? "--coverlet --coverlet-output-format cobertura" : "--coverage --coverage-output-format cobertura";
            return $"dotnet test {kind}{Words.Quote(path)} {Release}{(platform.IsRunner ? "" : " --")} --results-directory {folder}{(platform.Trx is { } trx ? $" {trx}" : "")} {measure}";
        }));
    }

    /// <summary>Adds up the Cobertura reports of this time; without a report it fails.</summary>
    private static string Cobertura(string name, string least) =>
        $"find {Reports} -name {(name.Contains('*') ? $"'{name}'" : name)}" + """ -exec cat {} + | sed -n 's/.*<coverage [^>]*lines-covered="\([0-9]*\)"[^>]*lines-valid="\([0-9]*\)".*/\1 \2/p' """ +
        $"| awk '{{ covered += $1; valid += $2 }} {LanguageCommands.Share("covered", "valid", least)}'";
}
