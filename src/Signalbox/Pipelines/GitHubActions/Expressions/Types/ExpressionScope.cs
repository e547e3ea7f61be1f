namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <summary>What an expression may name at its place.</summary>
/// <param name="Contexts">Every context there is with its type, usable here or not.</param>
internal sealed record ExpressionScope(ExpressionPlace Place, ContextTypes Contexts);
