using System.Text.RegularExpressions;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads one job of <c>pipeline</c>.</summary>
internal static partial class JobReader
{
    /// <summary>A script reaches the shell as one argument, which Linux limits to 128 KiB (execve(2), MAX_ARG_STRLEN).</summary>
    private const int LongestScript = 100_000;

    private const int MostPatterns = 1000, MostValues = 100, MostRetries = 10;

    private static readonly (string Word, JobWhen Value)[] s_whens =
        [("success", JobWhen.Success), ("failure", JobWhen.Failure), ("always", JobWhen.Always), ("manual", JobWhen.Manual)];

    /// <param name="names">Of all jobs of the pipeline: the known ones stand in an order of their own.</param>
    public static ReadJob Read(Section section, YamlScalar name, IReadOnlySet<string> names)
    {
        var kind = Kind(section, name.Value);
        var needs = section.Has("needs") ? Words(section, "needs", MostPatterns) : [];
        var outputs = Patterns(section, "outputs");
        var (tests, coverage) = (Patterns(section, "tests"), Patterns(section, "coverage"));
        var reports = tests.Concat(coverage).ToList();
        var value = new PipelineJob
        {
            Name = name.Value,
            Kind = kind,
            Run = kind == JobKind.Command ? Script(section) : null,
            Needs = section.Has("needs") ? [.. needs.Select(need => need.Text)] : DefaultNeeds(name.Value, names),
            Inputs = section.Has("inputs") ? [.. Patterns(section, "inputs", exclusions: true).Select(pattern => pattern.Text)] : null,
            Outputs = section.Has("outputs") || reports.Count > 0 ? [.. outputs.Concat(reports).Select(pattern => pattern.Text).Distinct()] : null,
            Environment = Variables(section),
            Timeout = section.Duration("timeout", DeliveryDefaults.BuildTimeout),
            Retries = section.Integer("retry", 0, MostRetries, 0),
            Matrix = Matrix(section),
            Image = section.Text("image"),
            Builds = kind == JobKind.Image ? Build(section) : null,
            Tests = [.. tests.Select(pattern => pattern.Text)],
            Coverage = [.. coverage.Select(pattern => pattern.Text)],
            Scanners = Scanners(section),
            Key = section.Text("key"),
            When = section.Choice("when", JobWhen.Success, s_whens),
            Branches = [.. Words(section, "branches", MostValues).Select(word => word.Text)],
            Cache = section.Boolean("cache", true),
        };
        return new(value, name.Span, [.. needs.Select(need => (need.Text, need.At))], [.. Made("outputs", outputs), .. Made("tests", tests), .. Made("coverage", coverage)]);
    }

    private static IEnumerable<(string Pattern, string Key, YamlSpan At)> Made(string key, List<(string Text, YamlSpan At)> patterns) => patterns.Select(pattern => (pattern.Text, key, pattern.At));

    private static JobKind Kind(Section section, string name)
    {
        if (section.Has("builds"))
        {
            // it is no script, and runs in no image
            section.OnlyOneOf("builds", "run", "with", "image");
            return JobKind.Image;
        }
        var own = name switch { "scan" => JobKind.Scan, "sbom" => JobKind.Sbom, "sign" => JobKind.Sign, _ => JobKind.Command };
        if (own == JobKind.Command && !section.Has("run")) section.Missing("run");
        if (section.Has("with") && (own != JobKind.Scan || section.Has("run"))) section.OnlyOneOf("run", "with");
        return section.Has("run") ? JobKind.Command : own;
    }

    /// <summary>What is known by name: tests run on what was built, an SBOM describes it, and a signature is for all that was found.</summary>
    private static IReadOnlyList<string> DefaultNeeds(string name, IReadOnlySet<string> names) => [.. (name switch
    {
        "test" or "sbom" => ["build"],
        "sign" => ["build", "test", "scan", "sbom"],
        _ => (IEnumerable<string>)[],
    }).Where(names.Contains)];

    private static string? Script(Section section)
    {
        if (section.Text("run") is not { } script) return null;
        if (!string.IsNullOrWhiteSpace(script) && script.Length <= LongestScript && !script.Contains('\0')) return script;
        section.File.Invalid(section.Node("run")!, "run", YamlQuote.Short(script), "a command for sh", section.Shape.Line("run"));
        return null;
    }

    private static ImageBuild? Build(Section section)
    {
        if (section.Open("builds", Shapes.JobBuild) is not { } build) return null;
        if (!build.Has("image")) build.Missing("image");
        if (build.Text("image") is not { } image) return null;
        if (!ImageName().IsMatch(image)) build.File.Invalid(build.Node("image")!, "image", image, "a name in a registry, in small letters, with or without a tag", build.Shape.Line("image"));
        var from = build.Text("from") ?? "Dockerfile";
        if (!PathGlob.TryParse(from, out var path) || !path.IsLiteral) build.File.Invalid(build.Node("from")!, "from", from, "the path of a Dockerfile below the directory of this file", build.Shape.Line("from"));
        return new(image, from, build.Boolean("push", false));
    }

    /// <summary>A reference without a digest (distribution/reference): parts in small letters, the first of which may be a host with a port.</summary>
    [GeneratedRegex(@"^([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?/)?[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$")]
    private static partial Regex ImageName();

    private static List<(string Text, YamlSpan At)> Patterns(Section section, string key, bool exclusions = false)
    {
        var read = new List<(string, YamlSpan)>();
        foreach (var (text, at) in Words(section, key, MostPatterns))
            if (PathGlob.TryParse(exclusions ? text.TrimStart('!') : text, out _)) read.Add((text, at));
            else
                section.File.Error(DeliveryIds.InvalidValue, $"'{YamlQuote.Short(text)}' in {key} is no pattern of files below the directory of this file", at, section.Shape.Line(key),
                    "expected a relative path that does not lead out; * and ** stand for names and directories");
        return read;
    }

    /// <summary>One text, or a list of them, which may be empty.</summary>
    private static List<(string Text, YamlSpan At)> Words(Section section, string key, int most)
    {
        var node = section.Node(key);
        if (node is null or YamlSequence { Items.Count: 0 }) return [];
        IReadOnlyList<YamlNode> items = node is YamlScalar ? [node] : section.List(key, most);
        var words = new List<(string, YamlSpan)>();
        foreach (var item in items)
            if (item is YamlScalar { IsNull: false, Value.Length: > 0 } word) words.Add((word.Value, word.Span));
            else section.File.WrongType(item, key, "text or a list of text", section.Shape.Line(key));
        return words;
    }

    private static IReadOnlyList<string> Scanners(Section section)
    {
        var words = Words(section, "with", MostValues);
        foreach (var (word, at) in words.Where(word => !ScannerNames.All.Contains(word.Text)))
            section.File.Error(DeliveryIds.InvalidValue, $"'{YamlQuote.Short(word)}' is no scanner that is known here; expected one of {string.Join(", ", ScannerNames.All)}", at,
                $"with: [{Spelling.Nearest(word, ScannerNames.All) ?? ScannerNames.All[0]}]", "any other tool runs as a job of its own, with run");
        return [.. words.Select(word => word.Text).Distinct()];
    }

    private static SortedDictionary<string, JobVariable> Variables(Section section)
    {
        var read = new SortedDictionary<string, JobVariable>(StringComparer.Ordinal);
        if (section.Node("env") is not { } node) return read;
        if (node is not YamlMapping map)
        {
            section.File.WrongType(node, "env", "a mapping", section.Shape.Line("env"));
            return read;
        }
        foreach (var (name, value) in map.Entries)
            if (IsVariable(section, name) && Variable(section, name, value) is { } variable) read[name.Value] = variable;
        return read;
    }

    private static bool IsVariable(Section section, YamlScalar name)
    {
        if (ServiceReader.IsVariable(name.Value)) return true;
        section.File.Invalid(name, "the variable's name", name.Value, "letters, digits and underscores", "LOG_LEVEL: info");
        return false;
    }

    private static JobVariable? Variable(Section section, YamlScalar name, YamlNode value)
    {
        if (value is YamlScalar { IsNull: false } text) return new(text.Value);
        var help = $"{YamlQuote.Short(name.Value)}: {{ secret: NPM_TOKEN }}";
        if (value is not YamlMapping)
        {
            section.File.WrongType(value, $"env.{YamlQuote.Short(name.Value)}", "text, or where it is taken from", help);
            return null;
        }
        if (Section.Open(section.File, Shapes.JobVariable, value, YamlQuote.Short(name.Value), help) is not { } from) return null;
        var key = from.OnlyOneOf("secret", "from");
        if (key is null) from.Missing("from");
        return key is not null && from.Text(key) is { Length: > 0 } variable ? new(null, variable, Secret: key == "secret") : null;
    }

    private static List<MatrixAxis> Matrix(Section section)
    {
        if (section.Node("matrix") is not { } node) return [];
        if (node is not YamlMapping { Entries.Count: > 0 } map)
        {
            section.File.WrongType(node, "matrix", "a mapping of variables to lists", section.Shape.Line("matrix"));
            return [];
        }
        var axes = map.Entries.Where(entry => IsVariable(section, entry.Key)).Select(entry => Axis(section, entry)).OfType<MatrixAxis>().ToList();
        if (MatrixAxis.AreFew(axes.Select(axis => axis.Values.Count))) return axes;
        section.File.Error(DeliveryIds.TooMany, $"matrix has more than {MatrixAxis.MostCombinations} combinations; expected at most {MatrixAxis.MostCombinations}", map.Span, section.Shape.Line("matrix"));
        return [];
    }

    private static MatrixAxis? Axis(Section section, YamlEntry entry)
    {
        if (entry.Value is YamlSequence { Items.Count: > 0 and <= MostValues } list && list.Items.All(item => item is YamlScalar { IsNull: false }))
            return new(entry.Key.Value, [.. list.Items.Cast<YamlScalar>().Select(item => item.Value).Distinct()]);
        section.File.WrongType(entry.Value, $"matrix.{YamlQuote.Short(entry.Key.Value)}", $"a list of 1 to {MostValues} texts", section.Shape.Line("matrix"));
        return null;
    }
}
