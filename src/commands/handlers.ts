import type { Intent } from '../domain/intents.ts';
import type { Handler } from './context.ts';
import {
  accessEnded,
  accessEnding,
  accessExtension,
  accessExtensionFilled,
} from './handlers/access-changes.ts';
import {
  accessApproval,
  accessApprovalCard,
  accessDenial,
  accessDenialForm,
} from './handlers/access-decisions.ts';
import { accessCatalogue, accessDetails, accessHelp, accessList } from './handlers/access-looks.ts';
import { accessAsked, accessFormRequest, accessRedraw, accessSubmission } from './handlers/access-request.ts';
import { arrivalMove, arrivalMoveForm, arrivalSubmission, onboarding } from './handlers/arrivals.ts';
import { departureFormRequest, departureSubmission, offboarding } from './handlers/departure-request.ts';
import {
  departureApproval,
  departureApprovalCard,
  departureCertificate,
  departureDenial,
  departureDenialForm,
  departureDetails,
  departureTaskDone,
  departureUndoing,
  departureWithdrawal,
} from './handlers/departures.ts';
import { biggerEnvironment } from './handlers/environment-bigger.ts';
import {
  confirmedDeletion,
  environmentDeletion,
  environmentRetry,
  environmentRollBack,
} from './handlers/environment-changes.ts';
import {
  environmentCreation,
  formRedraw,
  formRequest,
  formSubmission,
} from './handlers/environment-create.ts';
import { approval, approvalCard, denial, denialForm } from './handlers/environment-decisions.ts';
import { explanation } from './handlers/environment-explain.ts';
import { credentials } from './handlers/environment-reveal.ts';
import { environmentDetails, environmentList, templateList } from './handlers/environments.ts';
import { help } from './handlers/help.ts';
import { home } from './handlers/home.ts';
import { incidentAct, incidentFilled, incidentMessage } from './handlers/incident-acts.ts';
import { incidentDeclaration, incidentRedraw, incidentSubmission } from './handlers/incident-declare.ts';
import { incidentFormOf } from './handlers/incident-forms.ts';
import { incidentHelp } from './handlers/incident-help.ts';
import {
  incidentCatchUp,
  incidentDetails,
  incidentEscalations,
  incidentList,
  incidentTasks,
  incidentTimeline,
} from './handlers/incident-looks.ts';
import { onCall } from './handlers/incident-on-call.ts';
import { incidentExport, incidentFigures, incidentReview } from './handlers/incident-reports.ts';
import { incidentRunbooks } from './handlers/incident-runbooks.ts';
import {
  linkCard,
  linkDecision,
  linkDecisionForm,
  linkDenial,
  linkDenialForm,
  linkOfLinked,
} from './handlers/links.ts';
import {
  requestApproval,
  requestCard,
  requestDenial,
  requestDenialForm,
  requestWithdrawal,
} from './handlers/people-requests.ts';
import { quotaForm, quotaRequest } from './handlers/quota.ts';
import { quotaApproval, quotaCard, quotaDenial, quotaDenialForm } from './handlers/quota-decisions.ts';
import { teamChange, teamCreation } from './handlers/team-changes.ts';
import { teamDetails, teamHelp, teamList } from './handlers/teams.ts';
import { unlinking, unlinkQuestion } from './handlers/unlink.ts';
import { personDetails, personExplanation, userHelp } from './handlers/users.ts';

/** What answers each intent. A new intent does not compile until it has a handler. */
export const HANDLERS = {
  help,
  home,
  'environment.templates': templateList,
  'environment.create': environmentCreation,
  'environment.request': formRequest,
  'environment.redraw': formRedraw,
  'environment.submit': formSubmission,
  'environment.list': environmentList,
  'environment.show': environmentDetails,
  'environment.explain': explanation,
  'environment.delete': environmentDeletion,
  'environment.delete-confirmed': confirmedDeletion,
  'environment.retry': environmentRetry,
  'environment.bigger': biggerEnvironment,
  'environment.roll-back': environmentRollBack,
  'environment.reveal': credentials,
  'environment.approval': approvalCard,
  'environment.approve': approval,
  'environment.deny': denialForm,
  'environment.deny-because': denial,
  'quota.ask': quotaForm,
  'quota.request': quotaRequest,
  'quota.approval': quotaCard,
  'quota.approve': quotaApproval,
  'quota.deny': quotaDenialForm,
  'quota.deny-because': quotaDenial,
  'link.request': linkOfLinked,
  'link.decide': linkDecisionForm,
  'link.decide-as': linkDecision,
  'link.approval': linkCard,
  'link.deny': linkDenialForm,
  'link.deny-because': linkDenial,
  'link.end': unlinking,
  'user.help': userHelp,
  'user.show': personDetails,
  'user.unlink': unlinkQuestion,
  'user.explain': personExplanation,
  'user.offboard': offboarding,
  'departure.request': departureFormRequest,
  'departure.submit': departureSubmission,
  'departure.approve': departureApproval,
  'departure.deny': departureDenialForm,
  'departure.deny-because': departureDenial,
  'departure.approval': departureApprovalCard,
  'departure.show': departureDetails,
  'departure.withdraw': departureWithdrawal,
  'departure.done': departureTaskDone,
  'departure.undo': departureUndoing,
  'departure.certificate': departureCertificate,
  'team.help': teamHelp,
  'team.list': teamList,
  'team.show': teamDetails,
  'access.help': accessHelp,
  'access.catalogue': accessCatalogue,
  'access.list': accessList,
  'access.show': accessDetails,
  'access.ask': accessAsked,
  'access.request': accessFormRequest,
  'access.redraw': accessRedraw,
  'access.submit': accessSubmission,
  'access.approval': accessApprovalCard,
  'access.approve': accessApproval,
  'access.deny': accessDenialForm,
  'access.deny-because': accessDenial,
  'access.extend': accessExtension,
  'access.extend-by': accessExtensionFilled,
  'access.end': accessEnding,
  'access.end-confirmed': accessEnded,
  'team.create': teamCreation,
  'team.change': teamChange,
  'user.onboard': onboarding,
  'arrival.submit': arrivalSubmission,
  'arrival.move': arrivalMoveForm,
  'arrival.move-to': arrivalMove,
  'people.withdraw': requestWithdrawal,
  'people.approval': requestCard,
  'people.approve': requestApproval,
  'people.deny': requestDenialForm,
  'people.deny-because': requestDenial,
  'incident.help': incidentHelp,
  'incident.declare': incidentDeclaration,
  'incident.submit': incidentSubmission,
  'incident.redraw': incidentRedraw,
  'incident.form': incidentFormOf,
  'incident.fill': incidentFilled,
  'incident.act': incidentAct,
  'incident.list': incidentList,
  'incident.show': incidentDetails,
  'incident.timeline': incidentTimeline,
  'incident.tasks': incidentTasks,
  'incident.catch-up': incidentCatchUp,
  'incident.escalations': incidentEscalations,
  'incident.runbooks': incidentRunbooks,
  'incident.export': incidentExport,
  'incident.review': incidentReview,
  'incident.on-call': onCall,
  'incident.stats': incidentFigures,
  'incident.message': incidentMessage,
} satisfies { [Name in Intent['intent']]: Handler<Name> };
