using System.Text.Json;
using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Reports.Schemas;

namespace Signalbox.Evidence.Reports.Sbom;

/// <summary>SPDX 3.0.1 JSON-LD in the form that the specification demands of its files: a context and a graph of elements, or one element.</summary>
internal sealed class Spdx3Reader(ReportLimits limits) : JsonReportReader
{
    private const string ContextAddress = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
    private readonly SbomBuilder _to = new("spdx", limits);
    private readonly Spdx3Graph _graph = new(limits);
    private int _documents;

    public override bool Read(JsonCursor json, int pass)
    {
        if (++_documents > 1) throw new ReportRefusedException("there is more than one SPDX document in the file");
        _to.Schema = "spdx-3.0.1.classes.json";
        var (context, graph, single) = (false, false, false);
        foreach (var name in json.Properties())
            if (name == "@context")
            {
                context = true;
                CheckContext(json);
            }
            else if (name == "@graph")
            {
                graph = true;
                ReadGraph(json);
            }
            else single = true;
        if (!context) _to.Problems.Add("the document has no '@context'");
        if (graph == single) _to.Problems.Add("the document has no '@graph', or keys beside it");
        return true;
    }

    public override Report Done()
    {
        _graph.Finish(_to);
        return _to.Done();
    }

    private void CheckContext(JsonCursor json)
    {
        using var context = json.Entry();
        if (!context.RootElement.Texts().Contains(ContextAddress)) _to.Problems.Add($"@context does not name {ContextAddress}");
    }

    private void ReadGraph(JsonCursor json)
    {
        var at = new JsonPlace(JsonPlace.Root, "@graph");
        if (json.Token != JsonTokenType.StartArray) _to.Problems.Add($"{at} is no list");
        foreach (var i in json.Elements())
        {
            using var entry = json.Entry();
            if (entry.RootElement.ValueKind != JsonValueKind.Object) _to.Problems.Add($"{at}[{i}] is no element");
            else
            {
                Spdx3Model.Instance.Check(entry.RootElement, null, new(at, $"[{i}]"), _to.Problems);
                _graph.See(entry.RootElement, _to);
            }
        }
    }
}
