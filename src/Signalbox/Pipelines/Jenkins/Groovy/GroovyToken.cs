using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Groovy;

internal enum GroovyTokenKind { Name, Number, String, Sign, NewLine, End }

/// <param name="Text">The name, the number or the sign; empty for a string.</param>
/// <param name="Spaced">Whether blank space stands before it.</param>
internal sealed record GroovyToken(GroovyTokenKind Kind, TextRange Range, string Text, GroovyString? String = null, bool Spaced = false)
{
    public bool Is(string sign) => Kind == GroovyTokenKind.Sign && Text == sign;

    public bool IsName(string name) => Kind == GroovyTokenKind.Name && Text == name;
}
