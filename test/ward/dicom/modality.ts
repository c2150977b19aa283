import type { StudyShape } from './study.js';

/** What a modality does, as its program is told. */
export interface ModalityPlan {
  aeTitle: string;
  modality: 'MR' | 'CT';
  seed: string;
  shape: StudyShape;
  /** Ask for storage commitment after each study and listen for the report. */
  commitment: boolean;
  /** 0: never. */
  worklistEveryMs: number;
  pauseMs: number;
  /** Directory for the images that are about to be sent. */
  scratch: string;
  /** File of ModalityRecord lines. */
  journal: string;
}

export interface ModalityOptions {
  shape?: StudyShape;
  seed?: string;
  commitment?: boolean;
  worklistEveryMs?: number;
  pauseMs?: number;
}
