using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Groovy;

public enum GroovyQuote { Single, Double, TripleSingle, TripleDouble, Slashy, DollarSlashy }

/// <summary>What Groovy itself puts into a string before anybody else sees it.</summary>
/// <param name="InValue">The piece of the string's value, <c>${</c> and <c>}</c> included.</param>
/// <param name="Expression">The expression alone, as a piece of the file.</param>
public sealed record GroovyInterpolation(TextRange InValue, TextRange Expression);

/// <summary>A string literal. Escapes are resolved; interpolations stay as they are written.</summary>
/// <param name="Places">For each character of the value the place in the file that it was written at.</param>
public sealed record GroovyString(GroovyQuote Quote, TextRange Range, string Value, IReadOnlyList<int> Places, IReadOnlyList<GroovyInterpolation> Interpolations)
{
    public bool IsInterpolated => Interpolations.Count > 0;
}
