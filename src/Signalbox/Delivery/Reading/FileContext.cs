using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>The file being read and everything found wrong with it so far.</summary>
/// <param name="family">What the ids of findings begin with: <c>delivery</c>, or <c>policy</c> where the same mistake is made in a policy.</param>
/// <param name="schemaHelp">A line that shows what the file may say.</param>
internal sealed class FileContext(string path, YamlText text, string family = "delivery", string schemaHelp = "signalbox schema")
{
    // a hostile file shall not buy a hundred thousand findings, each with its line
    private const int MostFindings = 100;

    private readonly List<Finding> _findings = [];
    private readonly HashSet<(string, string, YamlSpan)> _seen = [];

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Nothing more will be shown, so nothing more need be looked for.</summary>
    public bool IsFull => _findings.Count > MostFindings;

    public string SchemaHelp => schemaHelp;

    public Location At(YamlSpan span, string? annotation = null) =>
        new(path, span.Line, span.Column, span.Length, text.Line(span.Line), annotation);

    public void Error(string id, string message, YamlSpan at, string? help, string? annotation = null, YamlSpan? earlier = null)
    {
        // one mistake reached through an alias twice, or read for two environments, is one mistake
        id = Id(id);
        if (IsFull || !_seen.Add((id, message, at))) return;
        if (_findings.Count == MostFindings)
            _findings.Add(Finding.Error(Id(DeliveryIds.TooMany), $"more than {MostFindings} things are wrong; the rest is not shown", At(at), schemaHelp));
        else
            _findings.Add(new(id, Severity.Error, message, earlier is { } first ? [At(at, annotation), At(first, "first given here")] : [At(at, annotation)], help));
    }

    public void Warn(string id, string message, YamlSpan at, string help, string annotation)
    {
        if (!IsFull && _seen.Add((id, message, at))) _findings.Add(new(id, Severity.Warning, message, [At(at, annotation)], help));
    }

    public void Add(YamlProblem problem)
    {
        var help = problem.Help ?? YamlHelp(problem);
        if (problem.Span.Line == 0)
            _findings.Add(Finding.Error(problem.Id, problem.Message, new(path, Annotation: problem.Annotation), help));
        else
            Error(problem.Id, problem.Message, problem.Span, help, problem.Annotation, problem.Earlier);
    }

    private string Id(string id) => id.StartsWith("delivery-", StringComparison.Ordinal) ? $"{family}-{id["delivery-".Length..]}" : id;

    /// <summary>What the YAML reader cannot say, because it knows neither the file's name nor what is written in it.</summary>
    private string? YamlHelp(YamlProblem problem) => problem.Id switch
    {
        "yaml-too-large" => $"wc -c {path}",
        "yaml-too-many-nodes" or "yaml-alias-cycle" or "yaml-unknown-alias" => $"grep -nE '[&*][A-Za-z0-9]' {path}",
        "yaml-many-documents" => family == "delivery" ? Shapes.File.Line("applications") : schemaHelp,
        "yaml-encoding" => $"iconv -f ISO-8859-1 -t UTF-8 {path}",
        "yaml-control-character" => $"grep -nP '[\\x00-\\x08\\x0b-\\x1f\\x7f]' {path}",
        "yaml-duplicate-key" => $"sed -n '{problem.Earlier?.Line}p;{problem.Span.Line}p' {path}",
        "yaml-too-deep" or "yaml-key-not-text" => schemaHelp,
        _ => null,
    };

    public void WrongType(YamlNode node, string what, string expected, string help) =>
        Error(DeliveryIds.WrongType, $"{what} is {node.Kind}; expected {expected}", node.Span, help, $"expected {expected}");

    public void Invalid(YamlNode node, string what, string seen, string expected, string help) =>
        Error(DeliveryIds.InvalidValue, $"{what} is '{YamlQuote.Short(seen)}'; expected {expected}", node.Span, help, $"expected {expected}");
}
