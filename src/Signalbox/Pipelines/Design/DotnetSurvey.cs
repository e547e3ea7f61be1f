using System.Text.RegularExpressions;
using Signalbox.Delivery.Detection;
using static Signalbox.Pipelines.Design.RepositorySurveyor;

namespace Signalbox.Pipelines.Design;

/// <summary>Reads what a repository says of .NET.</summary>
internal static partial class DotnetSurvey
{
    private static readonly string[] s_solutions = [".slnx", ".sln"];

    public static LanguageFound? Of(SourceTree tree)
    {
        var projects = tree.Ending(".csproj", ".fsproj").ToList();
        if (projects.Count == 0) return null;
        var files = projects.Select(tree.Read).OfType<SourceFile>().ToList();
        var tests = files.Where(f => f.Find(Tests()) is not null).Select(f => f.Path).ToList();
        var (chosen, why) = Projects(tree, projects, tests);
        // packages may stand in what all projects share
        List<SourceFile> told = [.. files, .. tree.Named("Directory.Build.props").Concat(tree.Named("Directory.Build.targets")).Select(tree.Read).OfType<SourceFile>()];
        var version = LanguageVersions.Dotnet(tree.Read("global.json"));
        var locked = tree.Named("packages.lock.json").FirstOrDefault();
        var platform = Platform(tree, told, tests);
        var coverage = told.Select(f => Found(f, platform is null ? Coverlet() : Measures())).FirstOrDefault(f => f is not null);
        return new("dotnet", new(chosen[0], chosen[0]), version?.Version ?? told.Select(f => Found(f, Framework())).FirstOrDefault(f => f is not null) ?? new("10.0", ""), new("nuget", locked ?? chosen[0]), locked is null ? null : new(locked, locked), coverage, new(chosen[0], chosen[0]), [])
        {
            Beyond = version?.Beyond,
            Projects = chosen,
            ProjectsWhy = why,
            Platform = platform,
        };
    }

    /// <summary>A folder with several of them, or none, is no argument: MSB1011, MSB1003.</summary>
    private static (List<string> Chosen, string Why) Projects(SourceTree tree, List<string> projects, List<string> tests)
    {
        var solutions = tree.Ending(s_solutions).ToList();
        var top = solutions.Where(s => !s.Contains('/')).ToList();
        var among = top.Count > 0 ? top : projects.Any(p => !p.Contains('/')) ? [] : solutions;
        // the one that lies highest; of two with one name the newer format
        var chosen = among.OrderBy(s => s.Count(c => c == '/')).ThenBy(s => Path.ChangeExtension(s, null), StringComparer.Ordinal).ThenBy(s => s.EndsWith(".sln", StringComparison.OrdinalIgnoreCase)).FirstOrDefault();
        if (chosen is not null)
            return ([chosen], among.Select(s => Path.ChangeExtension(s, null)).Distinct().Count() == 1 ? "what is restored, built and tested" : $"one of several: {string.Join(", ", among.Take(8))}");
        return tests.Count > 0 ? (tests, "there is no solution: the projects of tests, with what they refer to") : (projects, projects.Count == 1 ? "the only project" : "there is no solution: every project");
    }

    /// <summary>Null where VSTest runs the tests.</summary>
    private static TestPlatform? Platform(SourceTree tree, List<SourceFile> told, List<string> tests)
    {
        var runner = tree.Read("global.json")?.Find(Runner()) is not null;
        if (!runner && !told.Any(f => f.Find(Supports()) is not null)) return null;
        bool Has(Regex package) => told.Any(f => f.Find(package) is not null);
        return new(runner, Has(Trx()) ? "--report-trx" : Has(XunitThree()) ? "--report-xunit-trx" : null, tests);
    }

    [GeneratedRegex(@"<TargetFrameworks?>(?:[^<]*;)?net(\d+\.\d+)")]
    private static partial Regex Framework();

    [GeneratedRegex("""Include="(coverlet\.(?:msbuild|collector))["]""")]
    private static partial Regex Coverlet();

    // learn.microsoft.com/dotnet/core/testing/microsoft-testing-platform-extensions-code-coverage; MSTest and TUnit bring it along
    [GeneratedRegex("""(?:Include|Sdk)="(coverlet\.MTP|Microsoft\.Testing\.Extensions\.CodeCoverage|MSTest(?:\.Sdk)?|TUnit)["/]""")]
    private static partial Regex Measures();

    [GeneratedRegex("""(?:Include|Sdk)="(Microsoft\.Testing\.Extensions\.TrxReport|MSTest(?:\.Sdk)?|TUnit)["/]""")]
    private static partial Regex Trx();

    [GeneratedRegex("""Include="(xunit\.v3[\w.-]*)["]""")]
    private static partial Regex XunitThree();

    [GeneratedRegex("""(?:Include|Sdk)="(?:Microsoft\.NET\.Test\.Sdk|xunit|MSTest|NUnit|TUnit)|<IsTestProject>\s*true""")]
    private static partial Regex Tests();

    // learn.microsoft.com/dotnet/core/tools/dotnet-test: the runner of .NET 10's SDK
    [GeneratedRegex("""["]runner"\s*:\s*"Microsoft\.Testing\.Platform["]""")]
    private static partial Regex Runner();

    [GeneratedRegex(@"<TestingPlatformDotnetTestSupport>\s*true")]
    private static partial Regex Supports();
}
