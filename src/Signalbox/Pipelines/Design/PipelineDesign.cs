using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Design;

/// <summary>A pipeline that was designed, and what was decided on the way.</summary>
/// <param name="Text">The file's text, its heading included.</param>
/// <param name="Notes">What the platform cannot say; see <see cref="CarriageLog"/>.</param>
/// <param name="Delivery">The manifests and runbooks by which it is delivered; empty where no controller follows them.</param>
public sealed record PipelineDesign(Platform Platform, DesignDecisions Decisions, PortablePipeline Pipeline, string Text, IReadOnlyList<CarriageNote> Notes, IReadOnlyList<DesignedFile> Delivery)
{
    private const string Heading = "Written by signalbox design; signalbox design --explain says why. What you change here is kept: the next run merges it.";

    /// <summary>Designs a pipeline: a pure function of what was found and chosen.</summary>
    /// <param name="choices">What people chose instead of what the table proposes, by the decision's id.</param>
    /// <exception cref="DesignChoiceException">A choice that is none.</exception>
    public static PipelineDesign Of(RepositorySurvey survey, Platform platform, IReadOnlyDictionary<string, string> choices)
    {
        var decisions = DesignTable.Decide(survey, platform, choices);
        var pipeline = new PipelineDesigner(survey, platform, decisions).Pipeline();
        var log = new CarriageLog();
        var text = PipelineConversion.Write(platform, pipeline, log);
        return new(platform, decisions, pipeline, $"{(platform == Platform.Jenkins ? "//" : "#")} {Heading}\n{text}", [.. log.Notes, .. PipelineDesigner.Left(survey, decisions)], decisions.IsSteered ? [.. new DeliveryDesigner(survey, decisions).Files()] : []);
    }
}
