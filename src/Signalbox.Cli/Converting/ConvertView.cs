using System.Text.Json.Serialization;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Cli.Converting;

/// <summary>What <c>convert --format json</c> prints.</summary>
/// <param name="Output">The file that was written; null where the pipeline went to the output itself, in <paramref name="Pipeline"/>.</param>
/// <param name="Notes">In the order of the source's lines; what has no line comes first.</param>
internal sealed record ConvertView(string Source, string From, string To, string? Output, string? Pipeline, int Carried, int Changed, int Left, IReadOnlyList<ConvertNote> Notes)
{
    /// <summary>The notes in the order of the source.</summary>
    public static IReadOnlyList<ConvertNote> Ordered(CarriageLog log, YamlText source) =>
    [
        .. log.Notes.OrderBy(n => n.Place?.Start ?? -1).Select(n => new ConvertNote(
            n.Place is { } place ? source.At(place.Start).Line : null, Word(n.Kind), n.What, n.Nearest)),
    ];

    private static string Word(Carried kind) => kind switch { Signalbox.Pipelines.Portable.Carried.Whole => "carried", Signalbox.Pipelines.Portable.Carried.Changed => "changed", _ => "left" };
}

/// <param name="Line">1-based; null where the source has no such thing.</param>
/// <param name="Kind"><c>carried</c>, <c>changed</c> or <c>left</c>.</param>
internal sealed record ConvertNote(int? Line, string Kind, string What, string? Nearest);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConvertView))]
internal sealed partial class ConvertJson : JsonSerializerContext;
